"""Locks on files that name the process which holds them.

The system lets go of a lock when its holder ends, however it ends, so it is never stale. Knows
nothing of what is locked.
"""

import fcntl
import os
import time
from typing import TextIO

POLL_S = 0.05


def take(file: TextIO, patience_s: float = 0.0) -> bool:
    """Lock the open `file` until it is closed; False where another has it for `patience_s` more.

    It looks now and then and does not wait in the call: a signal must be able to end the wait.
    """
    end = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(POLL_S)


def sign(file: TextIO) -> None:
    """Write into a locked file which process holds it."""
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()


def signed(file: TextIO) -> str:
    """What the holder wrote; "" where it wrote nothing."""
    file.seek(0)
    return file.read().strip()
