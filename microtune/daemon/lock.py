"""One daemon for each home: a lock on a file that names the process which holds it.

The system lets go of it when the process ends, however it ends, so it is never stale.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from microtune.errors import MicrotuneError
from microtune.locations import Home

FILE = "lock"
PATIENCE_S = 0.5  # `holder` may have it for an instant


@contextmanager
def only_daemon(home: Home) -> Iterator[None]:
    """Be the daemon of `home`. Raises `MicrotuneError` that names the process which is."""
    home.create()
    home.daemon.mkdir(exist_ok=True, mode=0o700)
    with (home.daemon / FILE).open("a+") as lock:
        if not _taken(lock.fileno()):
            lock.seek(0)
            raise MicrotuneError(
                f"the daemon of {home.path} runs already, as process {lock.read().strip()}",
                "Nothing is to be done; `microtune daemon status` says what it does.",
            )
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _taken(lock: int) -> bool:
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > end:
                return False
            time.sleep(0.05)


def daemon_of(home: Home) -> int | None:
    """The process that is the daemon of `home` now; None where there is none."""
    return holder(home.daemon / FILE)


def holder(path: Path) -> int | None:
    """The process that holds the lock at `path`; None where nobody does."""
    try:
        with path.open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(lock.read().strip() or 0) or None
    except (OSError, ValueError):
        return None
    return None
