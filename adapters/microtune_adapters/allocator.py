"""How the C library's allocator treats the large, short-lived arrays of training."""

import contextlib
import ctypes
import sys

_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of glibc's malloc.h
_LARGE = 1_000_000  # bytes


def give_back_early() -> None:
    """Have arrays of a megabyte and more given back to the system as soon as they are freed.

    glibc raises its threshold by itself and then keeps such memory in pieces between what lives
    longer: training with layers computed again peaked at half as much again (135 M parameters:
    1,935 MB instead of 1,282). Costs some time, for the system clears each page. Elsewhere than
    on glibc it does nothing.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE)
