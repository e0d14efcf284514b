"""Installs the daemon's service and takes it away again. Knows no service manager's syntax."""

import shlex
import subprocess
from collections.abc import Sequence

from microtune.errors import MicrotuneError
from microtune.files import replace_file
from microtune_tui.service_units import Service

PATIENCE_S = 60.0


def install(service: Service) -> str:
    """Write it and start it. Returns "" or what is left to do, in one line.

    Raises `MicrotuneError` if it cannot be written.
    """
    try:
        service.path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(service.path, service.text)
    except OSError as error:
        raise MicrotuneError(
            f"cannot write {service.path} ({error.strerror})",
            "Give yourself write access to that folder, then try again.",
        ) from error
    if _all_done(service.start):
        return ""
    return f"To start it, run in your own session: {_line(service.start)}"


def uninstall(service: Service) -> bool:
    """Stop it and leave nothing of it. Returns whether it was installed."""
    if not service.path.exists():
        return False
    _all_done(service.stop)
    try:
        service.path.unlink()
    except OSError as error:
        raise MicrotuneError(
            f"cannot delete {service.path} ({error.strerror})", "Delete it yourself."
        ) from error
    _all_done(service.after_removal)
    return True


def _all_done(commands: Sequence[Sequence[str]]) -> bool:
    """Run them up to the first that fails; whether none did."""
    return all(_done(command) for command in commands)


def _done(command: Sequence[str]) -> bool:
    try:
        subprocess.run(command, capture_output=True, timeout=PATIENCE_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _line(commands: Sequence[Sequence[str]]) -> str:
    return " && ".join(shlex.join(command) for command in commands)
