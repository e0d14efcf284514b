"""An editor that shows, dim and behind the cursor, how the text could go on.

Textual's own `suggestion` stays on the cursor's row and is cut at its end; a sentence needs more.
Knows nothing of where suggestions come from.
"""

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.document._document import EditResult, Location, Selection
from textual.document._edit import Edit
from textual.geometry import Offset, Size
from textual.message import Message
from textual.strip import Strip

from microtune_tui.widgets.prose import Prose

_WORDS = re.compile(r"\s*\S+")


class GhostEditor(Prose):
    """`ghost` stands at the cursor, which is at the end of a line; it is gone once the person goes
    elsewhere or types something else."""

    class Gone(Message):
        """The ghost was typed over, or the cursor left it."""

    ghost: str = ""
    _ghost_rows: tuple[str, ...] = ()  # the first begins at the cursor
    _editing: bool = False

    @property
    def before_cursor(self) -> str:
        return self.document.get_text_range((0, 0), self.cursor_location)

    @property
    def after_cursor(self) -> str:
        """The rest of the cursor's line."""
        row, column = self.cursor_location
        return self.document.get_line(row)[column:]

    def show_ghost(self, text: str) -> None:
        """Show this in the place of an earlier one; "" shows none."""
        if text != self.ghost:
            self.ghost = text
            self._refresh_size()
            self._scroll_to_ghost()
            self.refresh()

    def take(self, text: str) -> None:
        """Insert the ghost's beginning, as one step that can be undone."""
        rest = self.ghost.removeprefix(text)
        self.history.checkpoint()
        self.insert(text, maintain_selection_offset=False)
        self.history.checkpoint()
        self.show_ghost(rest)

    # What lets it go ------------------------------------------------------------------------

    def edit(self, edit: Edit) -> EditResult:
        """Who types what is suggested keeps the rest of it."""
        fits = bool(edit.text) and edit.top == edit.bottom and self.ghost.startswith(edit.text)
        rest = self.ghost.removeprefix(edit.text) if fits else ""
        self._editing = True
        try:
            result = super().edit(edit)
        finally:
            self._editing = False
        self._go_on_with(rest)
        return result

    def load_text(self, text: str) -> None:
        super().load_text(text)
        self.show_ghost("")

    def _watch_selection(self, previous_selection: Selection, selection: Selection) -> None:
        super()._watch_selection(previous_selection, selection)
        if previous_selection != selection and not self._editing:
            self._go_on_with("")

    def on_blur(self) -> None:
        self._go_on_with("")

    def _go_on_with(self, rest: str) -> None:
        was = self.ghost
        self.show_ghost(rest)
        if was and not rest:
            self.post_message(self.Gone())

    # How it looks ---------------------------------------------------------------------------

    @property
    def _anchor(self) -> Offset:
        """Where the ghost begins, in rows and cells of the whole text."""
        return self.wrapped_document.location_to_offset(self.cursor_location)

    @property
    def _more_rows(self) -> int:
        """How far the rows beneath the cursor are pushed down."""
        return max(0, len(self._ghost_rows) - 1)

    def _refresh_size(self) -> None:
        self._ghost_rows = (
            tuple(_folded(self.ghost, self.wrap_width, self._anchor.x)) if self.ghost else ()
        )
        super()._refresh_size()
        if self._more_rows:
            width, height = self.virtual_size
            self.virtual_size = Size(width, height + self._more_rows)

    def _scroll_to_ghost(self) -> None:
        top, height = self._anchor.y, self.size.height
        bottom = top + self._more_rows
        if self._ghost_rows and bottom >= self.scroll_offset.y + height > 0:
            self.scroll_to(y=min(top, bottom - height + 1), animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        if not self._ghost_rows:
            return super().render_line(y)
        row = y + self.scroll_offset.y - self._anchor.y
        if row <= 0 or row > self._more_rows:
            strip = super().render_line(y if row <= 0 else y - self._more_rows)
            return self._with_first_row(strip) if row == 0 else strip
        style = self.get_component_rich_style("text-area--suggestion")
        strip = Strip([Segment(self._ghost_rows[row], style)])
        return strip.extend_cell_length(self.size.width, self.rich_style)

    def _with_first_row(self, strip: Strip) -> Strip:
        """The cursor's row; the cursor stands on the ghost's first letter."""
        first, x = self._ghost_rows[0], self._anchor.x
        if not first:
            return strip
        cursor = next((s.style for s in strip.crop(x, x + 1)), None)
        style = self.get_component_rich_style("text-area--suggestion")
        ghost = Strip([Segment(first[0], cursor), Segment(first[1:], style)])
        after = x + ghost.cell_length
        return Strip.join([strip.crop(0, x), ghost, strip.crop(after, strip.cell_length)])

    def get_target_document_location(self, event: events.MouseEvent) -> Location:
        """Of the text without the ghost's rows between."""
        y = event.y - self.gutter.top + self.scroll_offset.y
        if self._ghost_rows:
            y -= min(max(y - self._anchor.y, 0), self._more_rows)
        x = event.x - self.gutter.left - self.gutter_width + self.scroll_offset.x
        return self.wrapped_document.offset_to_location(Offset(x, y))


def _folded(text: str, width: int, used: int) -> Iterator[str]:
    """The text in rows; `used` cells of the first are taken."""
    row = ""
    for found in _WORDS.finditer(text):
        word = found[0]
        if used + cell_len(row + word) > width > 0:
            yield row
            row, used, word = "", 0, word.lstrip()
        row += word
    yield row
