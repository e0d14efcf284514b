"""The first line of the screen: the program, and what it drafts with."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from microtune_tui.orders import Situation


class TitleLine(Horizontal):
    """The name on the left, base and adapter on the right."""

    def compose(self) -> ComposeResult:
        yield Static("microtune", id="name")
        yield Static("", id="what", markup=False)

    def show(self, situation: Situation) -> None:
        if not situation.base:
            what = "no base yet"
        elif situation.adapter:
            what = f"{situation.base} + your adapter of {situation.adapter.created[:10]}"
        else:
            what = f"{situation.base}, no adapter"
        self.query_one("#what", Static).update(what)
