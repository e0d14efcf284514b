"""How the C library's allocator treats the large, short-lived arrays of training."""

import contextlib
import ctypes
import sys

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3  # of glibc's malloc.h
_LARGE = 1_000_000  # bytes
_LARGEST = 32 << 20  # the highest threshold that glibc takes
_NEVER = 2**31 - 1


def keep() -> None:
    """Have what is freed kept for the next array instead of given back to the system, which clears
    each page that it gives out: without this a tenth of a step of training on pocket went into
    that, and its peak of memory is the same. Elsewhere than on glibc it does nothing."""
    _set({_TRIM_THRESHOLD: _NEVER, _TOP_PAD: 4 * _LARGEST, _MMAP_THRESHOLD: _LARGEST})


def give_back_early() -> None:
    """Have arrays of a megabyte and more given back to the system as soon as they are freed.

    glibc raises its threshold by itself and then keeps such memory in pieces between what lives
    longer: training with layers computed again peaked at half as much again (135 M parameters:
    1,935 MB instead of 1,282). Costs some time, for the system clears each page. Elsewhere than
    on glibc it does nothing.
    """
    _set({_MMAP_THRESHOLD: _LARGE})


def _set(options: dict[int, int]) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            allocator = ctypes.CDLL(None)
            for option, value in options.items():
                allocator.mallopt(option, value)
