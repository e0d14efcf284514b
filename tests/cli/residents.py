"""A daemon as people start it, for tests: its process, its status, and patience.

Waits are bounded and end with the condition that they wait for: machines are busy.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psutil

from tests.cli.running import PATIENCE_S, facts, start


def until(true: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE_S
    while not (found := true()):
        assert time.monotonic() < end, f"never: {what}; {facts('daemon', 'status')}"
        time.sleep(0.1)
    return found


@contextmanager
def resident() -> Iterator[subprocess.Popen[bytes]]:
    """A daemon of the test's home; it is killed at the end if it still runs."""
    with start("daemon", "run") as process:
        try:
            until(lambda: daemon()["pid"] == process.pid, "the daemon's start")
            yield process
        finally:
            process.kill()


def daemon() -> dict[str, Any]:
    return facts("daemon", "status")


def in_state(*states: str) -> dict[str, Any]:
    """What status says once the daemon is in one of these."""

    def there() -> dict[str, Any] | None:
        said = daemon()
        return said if said["state"] in states else None

    found = until(there, " or ".join(states))
    assert isinstance(found, dict)
    return found


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def terminated(process: subprocess.Popen[bytes]) -> str:
    """What a daemon said, after SIGTERM brought it to a clean end."""
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (0, b"")
    return out.decode()
