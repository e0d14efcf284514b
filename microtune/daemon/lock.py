"""One daemon for each home: a lock on a file that names the process which holds it.

The system lets go of it when the process ends, however it ends, so it is never stale.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from microtune import locks
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
        if not locks.take(lock, PATIENCE_S):
            raise MicrotuneError(
                f"the daemon of {home.path} runs already, as process {locks.signed(lock)}",
                "Nothing is to be done; `microtune daemon status` says what it does.",
            )
        locks.sign(lock)
        yield


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
