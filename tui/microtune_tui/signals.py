"""Turns Ctrl-C and SIGTERM into a question that long work asks at its safe points."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def stop_on_signals() -> Iterator[Callable[[], bool]]:
    """A question that turns true once a signal came; a second signal acts as it did before.

    For the main thread alone. The handlers from before are put back at the end.
    """
    received: list[int] = []
    before = {kind: signal.getsignal(kind) for kind in STOPPING}

    def receive(kind: int, frame: FrameType | None) -> None:
        received.append(kind)
        put_back()

    def put_back() -> None:
        for kind, handler in before.items():
            signal.signal(kind, handler)

    for kind in STOPPING:
        signal.signal(kind, receive)
    try:
        yield lambda: bool(received)
    finally:
        put_back()
