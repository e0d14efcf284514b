"""What a person has the daemon do: pause, go on, other settings. The same for every screen."""

import os
import signal
import sys
from typing import Any

from microtune.daemon.attempts import Attempts
from microtune.daemon.lock import daemon_of
from microtune.daemon.settings import DaemonSettings
from microtune.daemon.standing import pause as write_pause
from microtune.daemon.standing import unpause
from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune_tui.service_units import Service, service

HERE = "macos" if sys.platform == "darwin" else "linux"


def pause(home: Home) -> None:
    """Nothing is collected or trained until `resume`, over restarts too."""
    home.create()
    write_pause(home)
    poke(home)


def resume(home: Home) -> bool:
    """Go on after `pause`, or at once after a failure; whether there is a daemon to do so."""
    home.create()
    unpause(home)
    Attempts.load(home).cleared().save(home)
    return poke(home)


def change(home: Home, values: dict[str, Any]) -> DaemonSettings:
    """Have these settings instead. Raises `MicrotuneError` for what means nothing."""
    try:
        kept = DaemonSettings.load(home).changed(values)
    except ValueError as error:
        raise MicrotuneError(str(error), "See `microtune daemon settings`.") from error
    home.create()
    kept.save(home)
    poke(home)
    return kept


def poke(home: Home) -> bool:
    """Have the daemon look at once what was changed; whether there is one."""
    pid = daemon_of(home)
    if pid is None:
        return False
    try:
        os.kill(pid, signal.SIGHUP)
    except ProcessLookupError:
        return False
    return True


def service_of(home: Home, platform: str = HERE) -> Service:
    """The service that starts the daemon of this home when its owner logs in."""
    return service(platform, home, sys.executable, os.getuid())
