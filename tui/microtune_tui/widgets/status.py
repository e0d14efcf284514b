"""The line that says what goes on, or what went wrong and what to do next."""

from typing import Literal

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from microtune_tui.orders import Situation

Mood = Literal["calm", "busy", "trouble"]
MOODS: dict[Mood, str] = {"calm": "", "busy": "… ", "trouble": "! "}  # colour is not all


class StatusLine(Horizontal):
    """One line; only a long remedy takes a second. What drafts are made with stands right."""

    def __init__(self) -> None:
        super().__init__(id="status")
        self.line = ""

    def compose(self) -> ComposeResult:
        yield Static("", id="said", markup=False)
        yield Static("", id="with", markup=False)

    def say(self, line: str, mood: Mood = "calm") -> None:
        self.line = line[:1].upper() + line[1:]
        self.query_one("#said", Static).update(f"{MOODS[mood]}{self.line}" if line else "")
        for each in MOODS:
            self.set_class(each == mood, f"-{each}")

    def show(self, situation: Situation) -> None:
        self.query_one("#with", Static).update(situation.line)
