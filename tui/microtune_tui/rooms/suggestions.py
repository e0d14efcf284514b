"""Asks for suggestions, one at a time, and keeps a record of those of which something was taken."""

from collections.abc import Callable
from dataclasses import replace

from microtune.drafts import Draft
from microtune_adapters.drafting import Request
from microtune_tui.orders import Order, Side
from microtune_tui.suggesting import Suggestion

WORDS = 15  # of a suggestion, about: more would be read instead of written
BEFORE = 2_000  # characters of the text before the cursor that a prompt is made from


class Suggestions:
    """`order` is the latest; `current` is what was streamed for it, None once it is let go."""

    def __init__(self, room: str, record: Callable[[Draft], object]) -> None:
        self._room, self._record = room, record
        self.order: Order | None = None
        self.current: Suggestion | None = None
        self.streaming = False
        self.asked_for = False  # by the person, and not by a pause
        self._whole: dict[int, Draft] = {}  # drafts of orders of which nothing is taken yet
        self._taken: set[int] = set()  # orders of which something was taken before they were whole

    @property
    def at_work(self) -> bool:
        """Whether one is being made that the person asked for."""
        return self.streaming and self.asked_for

    def ask(self, before: str, side: Side, *, asked_for: bool) -> Order:
        """A new order; one that the person asks for again at the same place has the next seed."""
        request = Request("continue", text=before[-BEFORE:], words=WORDS)
        earlier = self.order
        number = earlier.number + 1 if earlier else 1
        again = earlier is not None and earlier.request == request
        seed = earlier.seed + 1 if earlier and again and asked_for else 0
        self.order = Order(number, side, request, seed, self._room, kept=False)
        self.current, self.streaming, self.asked_for = Suggestion(before), True, asked_for
        return self.order

    def hear(self, order: Order, piece: str) -> bool:
        """Add a piece; whether it is of the current suggestion."""
        if order != self.order or self.current is None:
            return False
        self.current = replace(self.current, streamed=self.current.streamed + piece)
        return True

    def finish(self, order: Order, draft: Draft | None) -> None:
        if order == self.order:
            self.streaming = False
        if draft is None or not draft.text:
            return
        if order.number in self._taken:
            self._taken.discard(order.number)
            self._record(draft)
        elif order == self.order:
            self._whole = {order.number: draft}

    def came_to_nothing(self, order: Order) -> bool:
        """Whether the person asked for this one in vain."""
        unanswered = self.current is not None and not self.current.text
        return order == self.order and self.asked_for and unanswered

    def take(self) -> None:
        """Something of the current suggestion is taken: from now on there is a record of it."""
        if self.order is None:
            return
        draft = self._whole.pop(self.order.number, None)
        if draft is not None:
            self._record(draft)
        elif self.streaming:
            self._taken.add(self.order.number)

    def let_go(self) -> None:
        self.current = None
