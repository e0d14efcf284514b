"""One pass over the sources of a home at a time: the daemon's, or one of its owner's by hand.

Two at once could store out of order: one reads a note, the note is renamed and edited, the other
stores it as it is now, and then the first stores what it read. Nobody would ever look for the
earlier file again, and both versions would stay in use.

The daemon's pass gives way: at its low priority it may take long, and its owner is waiting.
"""

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from microtune.errors import MicrotuneError
from microtune.locations import Home

FILE = ".collecting"
LOOK_S = 0.1


@contextmanager
def only_pass(
    home: Home, waits: Callable[[], object] = lambda: None, gives_way: bool = False
) -> Iterator[None]:
    """Be the only pass, once the one under way has ended; `waits` is called if there is one.

    `gives_way`: SIGTERM ends this process as soon as another one wants to read, which loses
    nothing that is committed. Raises `MicrotuneError` if the home cannot be written.
    """
    try:
        lock = (home.path / FILE).open("a+")
    except OSError as error:
        raise MicrotuneError(
            f"cannot write to the home {home.path} ({error.strerror})",
            "Give yourself write access to it, or choose another with --home DIR.",
        ) from error
    with lock:
        if not _taken(lock):
            waits()
            while not _taken(lock):
                if not gives_way:
                    _ask_to_leave(lock)
                time.sleep(LOOK_S)  # and not in the call: a signal must be able to end the wait
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n" if gives_way else "")
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)


def _taken(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _ask_to_leave(lock: TextIO) -> None:
    """The file names a process only while one that gives way has the lock."""
    lock.seek(0)
    with contextlib.suppress(ValueError, ProcessLookupError, PermissionError):
        os.kill(int(lock.read()), signal.SIGTERM)
