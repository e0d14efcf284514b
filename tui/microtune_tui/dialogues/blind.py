"""Which of two drafts is yours? One is by the adapter, one by the base alone."""

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from microtune_tui.dialogues.dialogue import Dialogue


class Blind(Dialogue[str]):
    """The name that the person chose, of those of `texts`; None if they could not tell."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "choose(0)", "A sounds like me", priority=True),
        Binding("b", "choose(1)", "B sounds like me", priority=True),
        Binding("escape", "close", "I cannot tell", priority=True),
    ]

    def __init__(self, texts: Mapping[str, str], score: tuple[int, int]) -> None:
        super().__init__("Which is yours?")
        self._texts, self._score = tuple(texts.items()), score

    def contents(self) -> ComposeResult:
        yield Static(f"Both drafts have the same brief. {standing(self._score)}", markup=False)
        with Horizontal(classes="two"):
            for letter, (_, text) in zip("AB", self._texts, strict=True):
                with VerticalScroll(classes="pane") as pane:
                    pane.border_title = letter
                    yield Static(text, markup=False)

    def action_choose(self, number: int) -> None:
        self.dismiss(self._texts[number][0])


def standing(score: tuple[int, int]) -> str:
    """The running score in words."""
    own, choices = score
    if not choices:
        return "You have not chosen yet."
    return f"So far you took your adapter's for yours {own} of {choices} times."
