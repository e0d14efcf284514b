"""Asks before something that cannot be undone."""

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Static

from microtune_tui.dialogues.dialogue import Dialogue


class Confirm(Dialogue[bool]):
    """True only if the person chose to. The safe answer has the focus."""

    def __init__(self, title: str, lines: tuple[str, ...], yes: str) -> None:
        super().__init__(title)
        self._lines, self._yes = lines, yes

    def contents(self) -> ComposeResult:
        with VerticalScroll(classes="said"):
            yield Static("\n".join(self._lines), markup=False)
        with Horizontal(classes="buttons"):
            yield Button("Leave it", id="no", compact=True)
            yield Button(self._yes, id="yes", variant="error", compact=True)

    def on_mount(self) -> None:
        self.query_one("#no", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")
