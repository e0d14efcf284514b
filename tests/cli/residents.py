"""A daemon as people start it, for tests: its process, its status, and patience.

Waits are bounded and end with the condition that they wait for: machines are busy. Its jobs, which
make themselves the last of all, would on such a machine not come to an end within any bound: here
they go behind others by a little. `tests/adapters/test_engine_priority.py` is about the rest.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.cli.running import PATIENCE_S, facts, start

BEHIND = 1  # how nice a job is here, instead of `be_last`
POLITE = f"""
import os
from microtune.daemon import priority
priority.be_last = lambda: os.nice({BEHIND})
"""


def until(true: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE_S
    while not (found := true()):
        assert time.monotonic() < end, f"never: {what}; {facts('daemon', 'status')}"
        time.sleep(0.1)
    return found


@contextmanager
def resident() -> Iterator[subprocess.Popen[bytes]]:
    """A daemon of the test's home; it is killed at the end if it still runs."""
    with start("daemon", "run", first=_polite()) as process:
        try:
            until(lambda: daemon()["pid"] == process.pid, "the daemon's start")
            yield process
        finally:
            process.kill()


def _polite() -> str:
    """A folder in which every Python that starts finds how nice jobs are here."""
    folder = Path(os.environ["HOME"]) / "polite"
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(POLITE)
    return str(folder)


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
