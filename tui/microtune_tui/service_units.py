"""The daemon as a service of its owner's: a systemd user unit, or a launchd agent.

Makes texts and names places; writes nothing and starts nothing.
"""

import os
import plistlib
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from platformdirs import user_data_path

from microtune.locations import Home

UNIT = """\
[Unit]
Description=microtune: learns how you write while nobody needs the machine

[Service]
Type=exec
ExecStart={command}
Restart=on-failure
RestartSec=60
# the daemon itself has its run save its state; what is left after that is killed
KillMode=mixed
TimeoutStopSec=30
# last in every queue
Nice=19
CPUWeight=idle
IOSchedulingClass=idle
IOWeight=1
MemoryHigh=50%
OOMPolicy=continue
# it may write to its own folder and nowhere else below your home; reading is as free as yours
UMask=0077
NoNewPrivileges=yes
ProtectSystem=full
ProtectHome=read-only
ReadWritePaths=-{home}
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native

[Install]
WantedBy=default.target
"""


@dataclass(frozen=True, slots=True)
class Service:
    """A file to write at `path`, and the commands that have it take effect, or end it."""

    path: Path
    text: str
    start: tuple[tuple[str, ...], ...]
    stop: tuple[tuple[str, ...], ...]
    after_removal: tuple[tuple[str, ...], ...] = ()


def service(platform: str, home: Home, python: str, user_id: int) -> Service:
    """The service of `home` on "linux" or "macos", run by the interpreter `python`."""
    command = [python, "-m", "microtune_tui", "daemon", "run", "--home", str(home.path)]
    make = _launchd if platform == "macos" else _systemd
    return make(_name(home), command, home, user_id)


def _name(home: Home) -> str:
    """ "microtune", with a few digits for a home that is not the usual one."""
    if home.path == Path(user_data_path("microtune")):
        return "microtune"
    return f"microtune-{sha256(str(home.path).encode()).hexdigest()[:8]}"


def _systemd(name: str, command: Sequence[str], home: Home, user_id: int) -> Service:
    unit = f"{name}.service"
    systemctl = ("systemctl", "--user")
    text = UNIT.format(
        command=" ".join(_systemd_word(word).replace("$", "$$") for word in command),
        home=_systemd_word(str(home.path)),
    )
    return Service(
        path=_config_home() / "systemd" / "user" / unit,
        text=text,
        start=((*systemctl, "daemon-reload"), (*systemctl, "enable", "--now", unit)),
        stop=((*systemctl, "disable", "--now", unit),),
        after_removal=((*systemctl, "daemon-reload"),),
    )


def _config_home() -> Path:
    """Where systemd looks for user units: never what platformdirs says on another platform."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def _systemd_word(word: str) -> str:
    """A word quoted as systemd.syntax(7) and systemd.unit(5) have it: \\, ", and % doubled."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"' if any(c in word for c in " \t\"'\\;") else escaped


def _launchd(name: str, command: Sequence[str], home: Home, user_id: int) -> Service:
    label = f"org.microtune.{name}"
    path = Path.home() / "Library" / "LaunchAgents" / f"{label}.plist"
    log = str(Path.home() / "Library" / "Logs" / f"{name}.log")
    agent = {
        "Label": label,
        "ProgramArguments": list(command),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 60,
        "ExitTimeOut": 30,
        "ProcessType": "Background",
        "LowPriorityIO": True,
        "LowPriorityBackgroundIO": True,
        "Nice": 19,
        "Umask": 0o077,
        "StandardOutPath": log,
        "StandardErrorPath": log,
    }
    domain = f"gui/{user_id}"
    return Service(
        path=path,
        text=plistlib.dumps(agent, sort_keys=False).decode(),
        start=(("launchctl", "bootstrap", domain, str(path)),),
        stop=(("launchctl", "bootout", f"{domain}/{label}"),),
    )
