"""The drafts of both sides: next to each other where there is room, else the one in front."""

from textual.app import ComposeResult
from textual.containers import Horizontal

from microtune_adapters.drafting import Request
from microtune_tui.orders import Order, Side
from microtune_tui.widgets.draft_pane import DraftPane

OTHER: dict[Side, Side] = {"own": "base", "base": "own"}


class Drafts(Horizontal):
    """`side` is in front: it is the one drafted and copied. `running` is the order at work."""

    def __init__(self) -> None:
        super().__init__(id="drafts")
        self.side: Side = "own"
        self.latest: Order | None = None
        self.running: Order | None = None

    def compose(self) -> ComposeResult:
        yield DraftPane("own")
        yield DraftPane("base")

    def on_mount(self) -> None:
        self.bring_to_front(self.side)

    def pane(self, side: Side) -> DraftPane:
        return self.query_one(f"#draft-{side}", DraftPane)

    @property
    def front(self) -> DraftPane:
        return self.pane(self.side)

    def bring_to_front(self, side: Side) -> None:
        self.side = side
        for each in OTHER:
            self.pane(each).set_class(each == side, "-front")

    def switch(self) -> None:
        self.bring_to_front(OTHER[self.side])

    def next_order(self, request: Request, *, next_seed: bool = False) -> Order:
        """What to ask for the side in front. A new prompt begins with seed 0."""
        latest = self.latest
        known = latest if latest and latest.request == request else None
        seed = known.seed + next_seed if known else 0
        return Order(latest.number + 1 if latest else 1, self.side, request, seed)

    def has(self, order: Order) -> bool:
        """Whether exactly this draft stands there whole already."""
        pane = self.pane(order.side)
        return pane.whole and order.same_text_as(pane.order)

    def begin(self, order: Order) -> None:
        """Make room for the order's text; the other side's goes if it is of another prompt."""
        self.latest = self.running = order
        self.pane(order.side).begin(order)
        other = self.pane(OTHER[order.side])
        if not order.same_prompt_as(other.order):
            other.clear()

    def ended(self, order: Order) -> bool:
        """Note that an order came to its end; whether it was the one at work."""
        if order != self.running:
            return False
        self.running = None
        return True
