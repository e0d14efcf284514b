"""Puts this process at the very end of every queue: processor, disk and memory.

What it starts inherits all of that within the same session; another one is an autogroup of its own
on Linux, which weighs as much as anybody's whatever runs in it. What a system does not have or
does not allow is left out: the rest still helps.
"""

import ctypes
import os
import random
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

LOWEST = 19
PATIENCE_S = 2.0
_PRIO_DARWIN_PROCESS, _PRIO_DARWIN_BG = 4, 0x1000  # <sys/resource.h> of macOS


def be_last() -> None:
    """Take the processor and the disk only when nobody else wants them. Not to be undone."""
    with suppress(OSError, psutil.Error):
        os.setpriority(os.PRIO_PROCESS, 0, LOWEST)
    if sys.platform == "linux":
        _be_last_on_linux()
    elif sys.platform == "darwin":
        with suppress(OSError, AttributeError):
            libc = ctypes.CDLL(None, use_errno=True)
            libc.setpriority(_PRIO_DARWIN_PROCESS, 0, _PRIO_DARWIN_BG)


def _be_last_on_linux() -> None:
    """SCHED_IDLE; the session's share among others (autogroup); idle I/O; first to be killed."""
    if sys.platform != "linux":  # for type checkers elsewhere
        return
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with suppress(OSError, psutil.Error):
        psutil.Process().ionice(psutil.IOPRIO_CLASS_IDLE)
    for name, value in (("autogroup", str(LOWEST)), ("oom_score_adj", "800")):
        with suppress(OSError):
            _write(Path("/proc/self", name), value)


def _write(path: Path, value: str) -> None:
    """Raises `OSError`. Linux lets autogroups change once in a tenth of a second: others wait."""
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            path.write_text(value)
            return
        except BlockingIOError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05 + 0.1 * random.random())
