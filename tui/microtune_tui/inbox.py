"""News on their way from the drafting thread to the screens; pieces that pile up become one.

A small base streams 800 tokens a second: a screen that took each by itself would have no time
for keys. Knows nothing of screens.
"""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock

from microtune_tui.orders import News, Piece


class Inbox:
    """`put` is called in any thread; `call` is called there when news await an emptying."""

    def __init__(self, call: Callable[[], object]) -> None:
        self._call = call
        self._waiting: deque[News] = deque()
        self._lock = Lock()

    def put(self, news: News) -> None:
        with self._lock:
            was_empty = not self._waiting
            last = None if was_empty else self._waiting[-1]
            if isinstance(news, Piece) and isinstance(last, Piece) and last.order == news.order:
                self._waiting[-1] = Piece(news.order, last.text + news.text)
            else:
                self._waiting.append(news)
        if was_empty:
            self._call()

    def empty(self) -> Sequence[News]:
        """What came so far, in order. What comes while it is shown has a call of its own: on a busy
        machine pieces come as fast as they can be shown, and keys want a turn too."""
        with self._lock:
            came, self._waiting = self._waiting, deque()
        return came
