"""What stands in the place of drafts while no base is chosen."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Button, Static

WORDS = """\
A base is the language model that drafts start from. None is chosen yet.

pocket comes with microtune: it needs no network and little memory, and its drafts are those of \
a very small model. For another, quit and run `microtune init --base FILE.gguf`; for pocket from \
the command line, `microtune init --base pocket`."""


class NoBase(VerticalScroll):
    """Explains, and offers pocket at once."""

    class PocketChosen(Message):
        """The person wants pocket."""

    def __init__(self) -> None:
        super().__init__(id="no-base", classes="pane", can_focus=False)
        self.border_title = "Choose a base"

    def compose(self) -> ComposeResult:
        yield Static(WORDS, markup=False)
        yield Button("Use pocket (F2)", variant="primary", compact=True)

    def offer(self) -> None:
        """Put Enter on the button."""
        self.query_one(Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.PocketChosen())
