"""The drafts of one prompt: one, that of adapter and base, or three that differ by their seeds."""

from dataclasses import replace
from typing import Literal

from textual.app import ComposeResult
from textual.containers import Horizontal

from microtune.drafts import Draft
from microtune_adapters.drafting import Request
from microtune_tui.orders import Finished, OfAnOrder, Order, Piece, Side, Trouble
from microtune_tui.widgets.draft_pane import DraftPane

Shape = Literal["one", "compare", "three"]
PANES: dict[Shape, tuple[str, ...]] = {
    "one": ("own",),
    "compare": ("own", "base"),
    "three": ("own", "second", "third"),
}


class Drafts(Horizontal):
    """Panes next to each other where there is room, else the one in front.

    The front one is drafted, edited and used. `running` are the orders at work.
    """

    def __init__(self, room: str) -> None:
        super().__init__(id="drafts")
        self.room = room
        self.shape: Shape = "one"
        self.without_adapter = False
        self.latest: Order | None = None
        self.running: list[Order] = []
        self._front = "own"

    def compose(self) -> ComposeResult:
        yield DraftPane("own", "own")
        yield DraftPane("base", "base")
        yield DraftPane("second", "own", ahead=1)
        yield DraftPane("third", "own", ahead=2)

    def on_mount(self) -> None:
        self.show_as("one")

    def pane(self, name: str) -> DraftPane:
        return self.query_one(f"#draft-{name}", DraftPane)

    @property
    def front(self) -> DraftPane:
        return self.pane(self._front)

    @property
    def shown(self) -> list[DraftPane]:
        return [self.pane(name) for name in self._names]

    @property
    def _names(self) -> tuple[str, ...]:
        if self.without_adapter:
            return ("base",)
        return PANES[self.shape]

    def show_as(self, shape: Shape, front: str = "own") -> None:
        """Show the panes of this shape with one of them in front."""
        self.shape = shape
        self._front = front if front in self._names else self._names[0]
        for pane in self.query(DraftPane):
            pane.set_class(pane.pane in self._names, "-shown")
            pane.set_class(pane.pane == self._front, "-front")
            pane.stand(self._place_of(pane.pane))

    def with_adapter(self, there: bool) -> None:
        """Whether there is an adapter to draft with. What the base has drafted stays in sight."""
        if there == self.without_adapter:
            self.without_adapter = not there
            drafted = there and self.pane("base").order
            self.show_as("compare" if drafted else "one", "base" if drafted else "own")

    def turn(self) -> None:
        """The next pane of this shape comes to the front."""
        names = self._names
        self.show_as(self.shape, names[(names.index(self._front) + 1) % len(names)])

    def orders(self, request: Request, *, next_seed: bool = False) -> list[Order]:
        """What to ask for the front pane, or for all of "three". A new prompt has seed 0."""
        latest = self.latest
        known = latest if latest and latest.request == request else None
        seed = known.seed + next_seed * (3 if self.shape == "three" else 1) if known else 0
        number = latest.number + 1 if latest else 1
        panes = self.shown if self.shape == "three" else [self.front]
        return [
            Order(number + n, pane.side, request, seed + pane.ahead, self.room, pane.pane)
            for n, pane in enumerate(panes)
        ]

    def both(self, request: Request) -> list[Order]:
        """What to ask for the adapter and the base alike, with a seed that was not used yet."""
        seed = self.latest.seed + 1 if self.latest and self.latest.request == request else 0
        number = self.latest.number + 1 if self.latest else 1
        return [
            Order(number + n, pane.side, request, seed, self.room, pane.pane)
            for n, pane in enumerate((self.pane("own"), self.pane("base")))
        ]

    def has(self, order: Order) -> bool:
        """Whether exactly this draft stands there whole already."""
        pane = self.pane(order.pane)
        return pane.whole and order.same_text_as(pane.order)

    def begin(self, orders: list[Order]) -> None:
        """Make room for the orders' texts; others go if they are of another prompt."""
        asked = {order.pane: order for order in orders}
        self.latest, self.running = orders[0], list(orders)
        for pane in self.query(DraftPane):
            if pane.pane in asked:
                pane.begin(asked[pane.pane])
            elif not orders[0].same_prompt_as(pane.order):
                pane.clear()

    def hear(self, news: OfAnOrder) -> bool:
        """Show it; whether it ended the last order at work."""
        pane = self.pane(news.order.pane)
        match news:
            case Piece(order, text):
                pane.add(order, text)
            case Finished(order):
                pane.finish(news)
                return self._ended(order)
        return False

    def fail(self, trouble: Trouble) -> bool:
        """An order came to nothing; whether it was the last one at work."""
        assert trouble.order is not None
        self.pane(trouble.order.pane).interrupt(trouble.order)
        return self._ended(trouble.order)

    def show(self, draft: Draft) -> None:
        """A draft that was made earlier, in front."""
        side: Side = "own" if draft.adapter else "base"
        number = self.latest.number + 1 if self.latest else 1
        request = Request(**draft.request)  # type: ignore[arg-type]
        seed = draft.sampling.seed
        order = Order(number, side, request, seed, self.room, side)
        self.latest = order
        if side not in self._names:
            self.show_as("compare", side)
        self.pane(side).show(order, draft)

    def pick(self) -> None:
        """The front pane's draft becomes the one draft."""
        if self._front != "own" and not self.without_adapter:
            self.pane("own").take(self.front)
        self.show_as("one")
        if self.latest and self.front.order:  # its seed is the one to compare and go on with
            self.latest = replace(self.front.order, number=self.latest.number)

    def _ended(self, order: Order) -> bool:
        if order not in self.running:
            return False
        self.running.remove(order)
        return not self.running

    def _place_of(self, name: str) -> str:
        names = self._names
        if name not in names or len(names) == 1:
            return ""
        return f"{names.index(name) + 1}/{len(names)}"
