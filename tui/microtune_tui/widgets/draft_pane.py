"""One draft: as it is made, and then as the person edits it."""

from collections.abc import Collection
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from microtune.contracts import Generated
from microtune.drafts import Draft
from microtune.sentences import sentences_of
from microtune_tui.orders import Finished, Order, Side
from microtune_tui.widgets.prose import Prose

TITLES: dict[Side, str] = {"own": "Your adapter", "base": "Base alone"}
HINT = "The draft appears here."
ENDS = {"length": "cut at its length", "cancelled": "stopped"}


class DraftText(Prose):
    """The text of a draft; when it is done it can be edited. Undo past the edits brings back the
    draft before this one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z,super+z", "undo_or_earlier", "Undo", show=False),
    ]

    class Earlier(Message):
        """There is no edit left to undo."""

    def action_undo_or_earlier(self) -> None:
        if self.history.undo_stack:
            self.undo()
        else:
            self.post_message(self.Earlier())


class DraftPane(Vertical):
    """Shows the latest order of one side and ignores pieces of earlier ones.

    `name` tells the panes of a room apart; `ahead` is added to the seed of its orders.
    """

    def __init__(self, name: str, side: Side, ahead: int = 0) -> None:
        super().__init__(id=f"draft-{name}", classes="pane draft")
        self.pane, self.side, self.ahead = name, side, ahead
        self.order: Order | None = None
        self.draft: Draft | None = None  # as it was recorded
        self.whole = False  # seen through to its own end
        self._place = self._note = ""
        self._earlier: list[tuple[Order, Draft]] = []
        self.border_title = TITLES[side]

    def compose(self) -> ComposeResult:
        yield DraftText(read_only=True, placeholder=HINT)

    @property
    def area(self) -> DraftText:
        return self.query_one(DraftText)

    @property
    def text(self) -> str:
        """What stands there now, with the person's edits."""
        return self.area.text

    @property
    def is_edited(self) -> bool:
        return self.draft is not None and self.text.strip() != self.draft.text.strip()

    def begin(self, order: Order) -> None:
        """Wait for this order's text."""
        if self.order and self.draft:
            self._earlier.append((self.order, self.draft))
        self.order, self.draft, self.whole = order, None, False
        self._put("")
        self._entitle("waiting")

    def clear(self) -> None:
        """Back to the hint."""
        self.order, self.draft, self.whole = None, None, False
        self._put("")
        self._entitle("")

    def add(self, order: Order, piece: str) -> None:
        if order != self.order:
            return
        area = self.area
        area.insert(piece if area.text else piece.lstrip(), area.document.end)
        self._entitle("drafting")
        self.call_after_refresh(self._follow, order)

    def _follow(self, order: Order) -> None:
        """Keep the newest piece in sight; a draft that ended meanwhile is read from its start."""
        if order == self.order and self.draft is None:
            self.area.scroll_end(animate=False, immediate=True)

    def finish(self, news: Finished) -> None:
        """Show the draft as it was recorded."""
        if news.order != self.order:
            return
        if news.draft is None:
            self._entitle("stopped")
            return
        self.show(news.order, news.draft, news.swap_ms)

    def interrupt(self, order: Order) -> None:
        """It came to nothing; what there is of it stays."""
        if order == self.order:
            self.area.read_only = False
            self._entitle("not finished")

    def take(self, other: "DraftPane") -> None:
        """Show what the other pane shows, as a later version of this one."""
        if other.order and other.draft:
            if self.order and self.draft:
                self._earlier.append((self.order, self.draft))
            self.show(other.order, other.draft)

    def restore(self, text: str) -> None:
        """A text that was here before the program ended; how it was made may become known."""
        self._put(text)
        self.area.read_only = False
        self._entitle("as you left it")

    def know(self, draft: Draft) -> None:
        """The draft that a restored text began as, unless another was asked for meanwhile."""
        if self.order is None and self.draft is None:
            self.draft = draft

    @property
    def recorded(self) -> set[str]:
        """The ids of the drafts that are shown or can be brought back."""
        drafts = [draft for _, draft in self._earlier] + ([self.draft] if self.draft else [])
        return {draft.id for draft in drafts if draft.id}

    def drop(self, erased: Collection[str]) -> None:
        """Show and keep none of these drafts."""
        self._earlier = [(o, d) for o, d in self._earlier if d.id not in erased]
        if self.draft and self.draft.id in erased:
            self.clear()

    def put_changed(self, text: str) -> None:
        """Take the place of the text as one edit, which can be undone."""
        area = self.area
        area.replace(text, area.document.start, area.document.end)

    @property
    def sentence_at_cursor(self) -> int:
        """The number of the sentence that is selected or that the cursor is in, 0 at the start."""
        area = self.area
        start = min(area.selection.start, area.selection.end)
        at = len(area.document.get_text_range(area.document.start, start))
        if not at or self.draft is None or self.is_edited:
            return 0
        return sum(begins <= at for begins, _ in sentences_of(self.draft.text))

    def on_draft_text_earlier(self, event: DraftText.Earlier) -> None:
        event.stop()
        if self._earlier:
            self.show(*self._earlier.pop())

    def show(self, order: Order, draft: Draft, swap_ms: float = 0.0) -> None:
        """Show a whole draft."""
        self.order, self.draft = order, draft
        self.whole = draft.generated.finish != "cancelled"
        self._put(draft.text)
        self.area.read_only = False
        self._entitle(_figures(draft.generated, len(draft.text.split()), swap_ms))

    def _put(self, text: str) -> None:
        self.area.load_text(text)
        self.area.read_only = True
        self.area.scroll_home(animate=False, immediate=True)

    def stand(self, place: str) -> None:
        """Say which of several panes this is; "" for the only one."""
        self._place = place
        self._entitle(self._note)

    def _entitle(self, note: str) -> None:
        self._note = note
        seed = f"seed {self.order.seed}" if self.order else ""
        parts = (self._place, TITLES[self.side], seed, note)
        self.border_title = " · ".join(part for part in parts if part)


def _figures(generated: Generated, words: int, swap_ms: float) -> str:
    speed = f"{generated.tokens_per_s:.0f} tokens/s" if generated.tokens_per_s else ""
    swap = f"swap {swap_ms:.0f} ms" if swap_ms else ""
    parts = (f"{words} words", speed, swap, ENDS.get(generated.finish, ""))
    return ", ".join(part for part in parts if part)
