"""One draft as it is made, by the person's adapter or by the bare base."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from microtune.contracts import Generated
from microtune_tui.orders import Finished, Order, Side

TITLES: dict[Side, str] = {"own": "Your adapter", "base": "Base alone"}
HINT = "The draft will appear here."
ENDS = {"length": "cut at its longest", "cancelled": "stopped"}


class DraftPane(VerticalScroll):
    """Shows the latest order of one side and ignores pieces of earlier ones."""

    def __init__(self, side: Side) -> None:
        super().__init__(id=f"draft-{side}", classes="pane draft")
        self.side: Side = side
        self.order: Order | None = None
        self.text = ""
        self.whole = False  # seen through to its own end
        self.border_title = TITLES[side]

    def compose(self) -> ComposeResult:
        yield Static(HINT, classes="hint", markup=False)

    def begin(self, order: Order) -> None:
        """Wait for this order's text."""
        self.order, self.text, self.whole = order, "", False
        self._show("waiting")

    def clear(self) -> None:
        """Back to the hint."""
        self.order, self.text, self.whole = None, "", False
        self._show("")

    def add(self, order: Order, piece: str) -> None:
        if order == self.order:
            self.text += piece
            self._show("drafting")
            self.scroll_end(animate=False)

    def finish(self, news: Finished) -> None:
        """Show the draft as it was recorded."""
        if news.order != self.order:
            return
        if news.draft is None:
            self._show("stopped")
            return
        self.text, generated = news.draft.text, news.draft.generated
        self.whole = generated.finish != "cancelled"
        self._show(_figures(generated, len(self.text.split())))
        self.scroll_home(animate=False)

    def interrupt(self, order: Order) -> None:
        """It came to nothing; what there is of it stays."""
        if order == self.order:
            self._show("not finished")

    def _show(self, note: str) -> None:
        body = self.query_one(Static)
        body.set_class(not self.text, "hint")
        waiting = "…" if note in ("waiting", "drafting") else HINT
        body.update(self.text.lstrip() or waiting)
        seed = f"seed {self.order.seed}" if self.order else ""
        self.border_title = " · ".join(part for part in (TITLES[self.side], seed, note) if part)


def _figures(generated: Generated, words: int) -> str:
    speed = f"{generated.tokens_per_s:.0f} tokens/s" if generated.tokens_per_s else ""
    parts = (f"{words} words", speed, ENDS.get(generated.finish, ""))
    return ", ".join(part for part in parts if part)
