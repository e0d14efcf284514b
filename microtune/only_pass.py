"""One pass over the sources of a home at a time: the daemon's, or one of its owner's by hand.

Two at once could store out of order: one reads a note, the note is renamed and edited, the other
stores it as it is now, and then the first stores what it read. Nobody would ever look for the
earlier file again, and both versions would stay in use.

The daemon's pass gives way: at its low priority it may take long, and its owner is waiting.
"""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from microtune import locks
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
        if not locks.take(lock):
            waits()
            taken = False
            while not taken:
                if not gives_way:
                    _ask_to_leave(lock)
                taken = locks.take(lock, LOOK_S)
        if gives_way:
            locks.sign(lock)
        else:
            lock.truncate(0)
        try:
            yield
        finally:
            lock.truncate(0)


def _ask_to_leave(lock: TextIO) -> None:
    """The file names a process only while one that gives way has the lock."""
    with contextlib.suppress(ValueError, ProcessLookupError, PermissionError):
        os.kill(int(locks.signed(lock)), signal.SIGTERM)
