"""The text that is to be rewritten, to type, paste or open."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import TextArea

from microtune_tui.widgets.prose import Prose

TITLE = "The text"
HINT = "Type or paste a text, yours or another's, or open one with Ctrl+F."


class GivenText(Vertical):
    """An editor with its count of words above."""

    def __init__(self) -> None:
        super().__init__(id="given", classes="pane")
        self.border_title = TITLE

    def compose(self) -> ComposeResult:
        yield Prose(id="given-text", placeholder=HINT)

    @property
    def area(self) -> Prose:
        return self.query_one(Prose)

    @property
    def text(self) -> str:
        return self.area.text

    def put(self, text: str) -> None:
        self.area.load_text(text)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        words = len(event.text_area.text.split())
        self.border_title = f"{TITLE} · {words} words" if words else TITLE
