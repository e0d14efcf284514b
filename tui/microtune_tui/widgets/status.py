"""The line that says what goes on, or what went wrong and what to do next."""

from typing import Literal

from textual.widgets import Static

Mood = Literal["calm", "busy", "trouble"]
MOODS: tuple[Mood, ...] = ("calm", "busy", "trouble")


class StatusLine(Static):
    """One line; only a remedy that is long takes a second."""

    def __init__(self) -> None:
        super().__init__("", id="status", markup=False)

    def say(self, line: str, mood: Mood = "calm") -> None:
        self.update(line[:1].upper() + line[1:])
        for each in MOODS:
            self.set_class(each == mood, f"-{each}")
