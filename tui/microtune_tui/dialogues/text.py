"""A whole text to read."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from microtune_tui.dialogues.dialogue import Dialogue


class Text(Dialogue[None]):
    """It scrolls."""

    def __init__(self, title: str, text: str | Content) -> None:
        super().__init__(title)
        self._text = text

    def contents(self) -> ComposeResult:
        with VerticalScroll(classes="said"):
            yield Static(self._text, markup=False)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
