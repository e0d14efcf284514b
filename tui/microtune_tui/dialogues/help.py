"""What one does in a room, and every key that works there."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Markdown, Static

from microtune_tui.dialogues.dialogue import Dialogue
from microtune_tui.rooms import ROOMS


class Help(Dialogue[None]):
    """`text` is the room's own; `keys` are pairs of a key and what it does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "close", "Close", show=False, priority=True),
    ]

    def __init__(self, title: str, text: str, keys: Iterable[tuple[str, str]]) -> None:
        super().__init__(title)
        self._text, self._keys = text, tuple(keys)

    def contents(self) -> ComposeResult:
        with VerticalScroll(classes="said"):
            yield Markdown(self._text)
            yield Static(_table(self._keys))
            yield Static(_table(EVERYWHERE), classes="everywhere")

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()


EVERYWHERE = (
    *((room.key.upper(), f"{room.label}: {room.what[0].lower()}{room.what[1:]}") for room in ROOMS),
    ("^p", "Everything by name"),
    ("tab", "The next field"),
    ("^q", "Quit; what you have begun is kept"),
)


def _table(rows: Iterable[tuple[str, str]]) -> Content:
    lines = [Content.assemble((f"{key:>6}  ", "bold"), what) for key, what in rows]
    return Content("\n").join(lines)
