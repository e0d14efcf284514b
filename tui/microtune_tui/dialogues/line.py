"""Asks for one line of text."""

from textual.app import ComposeResult
from textual.widgets import Input, Static

from microtune_tui.dialogues.dialogue import Dialogue


class Line(Dialogue[str]):
    """What was typed, without blanks around it; None if it was left.

    `hidden`: it is a secret; `empty`: nothing is an answer too.
    """

    def __init__(
        self,
        title: str,
        question: str,
        given: str = "",
        *,
        hidden: bool = False,
        empty: bool = False,
    ) -> None:
        super().__init__(title)
        self._question, self._given = question, given
        self._hidden, self._empty = hidden, empty

    def contents(self) -> ComposeResult:
        yield Static(self._question, markup=False)
        line = Input(self._given, compact=True, id="line", password=self._hidden)
        line.cursor_blink = False
        yield line

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip() or self._empty:
            self.dismiss(event.value.strip())
