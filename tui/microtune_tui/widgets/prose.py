"""An editor for prose that stays quick in long lines: a paragraph is one line, and may be long."""

from collections.abc import Iterable
from typing import ClassVar

from rich.containers import Lines
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult


class Prose(TextArea):
    """Textual's editor cleans a wrapped line and cuts it into all its rows anew for each row that
    it draws: 100 kB in one line took half a second a key. Here both are done once."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+home", "whole_start", "To the beginning", show=False),
        Binding("ctrl+end", "whole_end", "To the end", show=False),
    ]

    def __init__(
        self,
        *,
        id: str | None = None,
        classes: str | None = None,
        placeholder: str = "",
        read_only: bool = False,
    ) -> None:
        super().__init__(
            id=id,
            classes=classes,
            read_only=read_only,
            compact=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
            placeholder=placeholder,
        )
        self.cursor_blink = False  # calm to look at, and the same in every shot
        self._latest = _Latest()

    def take_up(self, text: str) -> None:
        """Load a text that was begun, to go on where it ends."""
        self.load_text(text)
        self.action_whole_end()

    def action_whole_start(self) -> None:
        self.move_cursor(self.document.start)

    def action_whole_end(self) -> None:
        self.move_cursor(self.document.end)

    def edit(self, edit: Edit) -> EditResult:
        """Textual scrolls before it knows that the text has a row more: the letter that began one
        beneath the last was out of sight until the next key."""
        result = super().edit(edit)
        if self.has_focus:
            self.scroll_cursor_visible()
        return result

    def get_line(self, line_index: int) -> Text:
        return _Line(self._latest.clean(self.document.get_line(line_index)), self._latest)


class _Latest:
    """The line that was drawn last: cleaned, and as it was cut."""

    def __init__(self) -> None:
        self._raw, self._clean = "", Text()
        self.cut: object = None
        self.rows = Lines()

    def clean(self, line: str) -> Text:
        if line != self._raw:
            self._raw, self._clean = line, Text(line)
        return self._clean


class _Line(Text):
    """A line whose rows are cut once while neither its text nor its styles change."""

    def __init__(self, clean: Text, latest: _Latest) -> None:
        super().__init__(end="", no_wrap=True)
        self.append(clean)
        self._latest = latest

    def pad_right(self, count: int, character: str = " ") -> None:
        self.append(Text(character * count))  # a text appended is not cleaned again

    def divide(self, offsets: Iterable[int]) -> Lines:
        places = tuple(offsets)
        cut = (self.plain, tuple(self.spans), places)
        if cut != self._latest.cut:
            self._latest.cut, self._latest.rows = cut, super().divide(places)
        return self._latest.rows
