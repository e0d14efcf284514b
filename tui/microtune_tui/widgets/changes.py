"""The changes of a rewrite, to take or leave one by one."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

from microtune_tui.revising.review import Review
from microtune_tui.revising.rows import Piece, Row, rows_of

TAKEN, LEFT, HERE = "●", "○", "▸"


class Changes(Vertical):
    """The remark on a rewrite above its changes."""

    def __init__(self) -> None:
        super().__init__(id="changes", classes="pane")

    def compose(self) -> ComposeResult:
        yield Static("", id="remark", markup=False)
        yield ChangesView()

    @property
    def view(self) -> "ChangesView":
        return self.query_one(ChangesView)

    def show(self, review: Review) -> None:
        self.query_one("#remark", Static).update(review.remark)
        self.view.show(review)
        self._entitle(review)

    def on_changes_view_decided(self, event: "ChangesView.Decided") -> None:
        self._entitle(event.review)

    def _entitle(self, review: Review) -> None:
        self.border_title = f"Changes · {review.standing}"


class ChangesView(ScrollView, can_focus=True):
    """Rows of text with the changes in them. Only the rows in sight are drawn, so that a long
    text scrolls as quickly as a short one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "changes--old", "changes--new", "changes--here", "changes--idle",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "turn", "Take", key_display="Space"),
        Binding("n,down,right,j", "move(1)", "Next", key_display="N"),
        Binding("p,up,left,k", "move(-1)", "Previous", key_display="P", show=False),
        Binding("a", "all(True)", "All", key_display="A"),
        Binding("x", "all(False)", "None", key_display="X"),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("home", "scroll_home", "Top", show=False),
        Binding("end", "scroll_end", "Bottom", show=False),
        Binding("escape", "back", "Back"),
    ]

    class Decided(Message):
        """A change was taken or left."""

        def __init__(self, review: Review) -> None:
            super().__init__()
            self.review = review

    class Left(Message):
        """The person wants back to the text."""

    def __init__(self) -> None:
        super().__init__(id="changes-view")
        self._review: Review | None = None
        self._rows: list[Row] = []
        self._at = 0  # of the hunks

    @property
    def here(self) -> int:
        """The part that the cursor is on; -1 if nothing changed."""
        hunks = self._review.revision.hunks if self._review else ()
        return hunks[self._at] if hunks else -1

    def show(self, review: Review) -> None:
        self._review, self._rows, self._at = review, [], 0
        self._wrap()
        self.scroll_home(animate=False)

    # What the person does -------------------------------------------------------------------

    def action_turn(self) -> None:
        if self._review and self.here >= 0:
            self._review.taken ^= {self.here}
            self._decided(self._review)

    def action_all(self, taken: bool) -> None:
        if self._review:
            self._review.taken = set(self._review.revision.hunks) if taken else set()
            self._decided(self._review)

    def action_move(self, by: int) -> None:
        count = len(self._review.revision.hunks) if self._review else 0
        self._at = max(0, min(count - 1, self._at + by))
        self._show_here()

    def action_back(self) -> None:
        self.post_message(self.Left())

    def on_click(self, event: events.Click) -> None:
        """To the change under the mouse; a click on the one that one is at turns it."""
        piece = self._piece_at(event.x, event.y + self.scroll_offset.y)
        if self._review and piece and piece.part in self._review.revision.hunks:
            if piece.part == self.here:
                self.action_turn()
            self._at = self._review.revision.hunks.index(piece.part)
            self.refresh()

    def _decided(self, review: Review) -> None:
        self.refresh()
        self.post_message(self.Decided(review))

    def _piece_at(self, x: int, y: int) -> Piece | None:
        if y >= len(self._rows):
            return None
        for piece in self._rows[y]:
            x -= Segment(piece.text).cell_length
            if x < 0:
                return piece
        return None

    # How it looks ---------------------------------------------------------------------------

    def on_resize(self) -> None:
        self._wrap()

    def _wrap(self) -> None:
        width = self.scrollable_content_region.width
        if self._review is None or width < 1:  # not laid out yet
            return
        self._rows = rows_of(self._review.revision, width)
        self.virtual_size = Size(width, len(self._rows))
        self._show_here()

    def _show_here(self) -> None:
        at = [n for n, row in enumerate(self._rows) if any(p.part == self.here for p in row)]
        if at:
            height = min(at[-1] - at[0] + 1, self.size.height)
            self.scroll_to_region(Region(0, at[0], 1, height), animate=False, force=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        y += self.scroll_offset.y
        base = self.rich_style
        if y >= len(self._rows):
            return Strip.blank(self.size.width, base)
        segments = [each for piece in self._rows[y] for each in self._segments(piece, base)]
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _segments(self, piece: Piece, base: Style) -> list[Segment]:
        if piece.kind == "same" or self._review is None:
            return [Segment(piece.text, base)]
        taken, here = piece.part in self._review.taken, piece.part == self.here
        if here:
            base += self.get_component_rich_style("changes--here", partial=True)
        if piece.kind == "mark":
            sign = f"{HERE if here else ' '}{TAKEN if taken else LEFT} "
            return [Segment(sign, base + Style(bold=True))]
        style = base + self.get_component_rich_style(f"changes--{piece.kind}", partial=True)
        if (piece.kind == "new") != taken:
            style += self.get_component_rich_style("changes--idle", partial=True)
        words = piece.text.rstrip()
        return [Segment(words, style), Segment(piece.text[len(words) :], base)]
