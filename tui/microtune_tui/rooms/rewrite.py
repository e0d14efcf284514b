"""Rewrite: a text in, the same in the person's own voice out, to take change by change."""

import asyncio
from collections.abc import Mapping
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from microtune_adapters.drafting import Request
from microtune_tui.given_texts import LARGEST_TEXT
from microtune_tui.orders import Finished, News
from microtune_tui.revising.review import Review, review
from microtune_tui.rooms.drafting_room import DraftingRoom
from microtune_tui.rooms.files import opened
from microtune_tui.rooms.using import Using
from microtune_tui.widgets.changes import Changes, ChangesView
from microtune_tui.widgets.draft_pane import DraftPane
from microtune_tui.widgets.drafts import Drafts
from microtune_tui.widgets.given_text import GivenText
from microtune_tui.widgets.prompt import Prompt

REVIEWING = "-reviewing"  # the class of the room while the changes are in sight
NOT_REVIEWING = ("draft", "compare", "three", "open", "changes", "stop")  # Esc leaves
NOTHING_TAKEN = "No change is taken yet: Space takes one, A takes all."


def make() -> "Rewrite":
    return Rewrite()


class Rewrite(DraftingRoom):
    """The text beside its rewrite; then the changes in the place of both.

    A change counts only once it is taken. What is copied or used is the text with what was taken.
    """

    NAME, LABEL = "rewrite", "Rewrite"
    HELP_TEXT: ClassVar[str] = """\
Type or paste a text, or open one with **Ctrl+F**, and press **Ctrl+G**. It is said anew in your
voice; then you see the changes and take those that you like. Nothing changes until you take it.

- **N** and **P** (or the arrows) go from change to change, **Space** takes or leaves one, **A**
  takes all and **X** leaves all. −struck words go, +underlined words come.
- **Ctrl+S** or **Ctrl+O** uses your text with what you took. **Esc** goes back to the text,
  **Ctrl+N** to the changes.
- Above the changes stands how much of your text is left and which names and numbers are gone or
  new. How well a rewrite keeps to the text depends on the base: pocket, the built-in one, is too
  small to keep to it.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+f", "open", "File", priority=True),
        Binding("ctrl+n", "changes", "Changes", priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._reviews: dict[str, Review] = {}  # by pane

    def contents(self) -> ComposeResult:
        yield Prompt("rewrite")
        with Container(id="versions"):
            yield GivenText()
            yield Drafts(self.NAME)
        yield Changes()

    @property
    def given(self) -> GivenText:
        return self.query_one(GivenText)

    @property
    def reviewing(self) -> Review | None:
        """What is being reviewed, while its changes are in sight."""
        return self._reviews.get(self.drafts.front.pane) if self.has_class(REVIEWING) else None

    async def on_mount(self) -> None:
        await super().on_mount()
        self.given.area.focus()

    def request(self) -> Request:
        return self.prompt.request(self.given.text.strip())

    def missing(self) -> str:
        text = self.given.text.strip()
        if not text:
            return "There is no text yet: type or paste one, or open a file with Ctrl+F."
        if len(text.encode("utf-8", "replace")) > LARGEST_TEXT:
            return f"The text is longer than {LARGEST_TEXT // 1000} kB. Rewrite it part by part."
        return ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that do nothing now are not shown: 80 columns have no room for all."""
        if self.is_mounted and self.has_class(REVIEWING) and action in NOT_REVIEWING:
            return False
        if self.is_mounted and action == "changes":
            return self._comparable(self.drafts.front)
        return super().check_action(action, parameters) or False

    # What the person does -------------------------------------------------------------------

    @work(exclusive=True, group="open")
    async def action_open(self) -> None:
        """Take the text from a file."""
        text = await opened(self)
        if text is not None:
            self.given.put(text)

    def action_draft(self) -> None:
        """Rewrite it, or show the changes of what is rewritten already."""
        front = self.drafts.front
        if front.whole and front.order and front.order.request == self.request():
            self.action_changes()
        else:
            self._order()

    def action_again(self) -> None:
        self._show_versions()
        super().action_again()

    def action_changes(self) -> None:
        """Show what the rewrite in front would change."""
        if self._comparable(self.drafts.front):
            self._compare()

    def action_copy(self) -> None:
        if self._settled():
            super().action_copy()

    @work(exclusive=True, group="use")
    async def action_use(self) -> None:
        if self._settled():
            await Using(self).ask()

    def on_changes_view_decided(self) -> None:
        self.changed()

    def on_changes_view_left(self) -> None:
        """Back to text and rewrite; what was taken stands in the rewrite's pane."""
        if self.reviewing and self.reviewing.taken:
            self._settled()
        self._show_versions()
        self.given.area.focus()

    # Comparing ------------------------------------------------------------------------------

    def _comparable(self, pane: DraftPane) -> bool:
        running = any(order.pane == pane.pane for order in self.drafts.running)
        return bool(pane.text.strip() and self._original(pane)) and not running

    def _original(self, pane: DraftPane) -> str:
        """The text that the pane's rewrite is of."""
        return pane.order.request.text if pane.order else self.given.text.strip()

    @work(exclusive=True, group="compare")
    async def _compare(self, taken: frozenset[int] = frozenset()) -> None:
        """Show the changes; in a thread, for a long text takes a second to compare."""
        pane = self.drafts.front
        old, new = self._original(pane), pane.text.strip()
        known = self._reviews.get(pane.pane)
        if known is None or known.old != old or new not in (known.new, known.text):
            known = await asyncio.to_thread(review, old, new)
            known.taken = set(taken & set(known.revision.hunks))
            if pane.is_edited:
                known.take_all()  # or the person's own edits would be undone
        if pane is not self.drafts.front or not self._comparable(pane):
            return  # meanwhile something else was asked for
        self._reviews[pane.pane] = known
        changes = self.query_one(Changes)
        self.add_class(REVIEWING)
        changes.show(known)
        self.query_one(ChangesView).focus()
        self.refresh_bindings()

    def _settled(self) -> bool:
        """Put what was taken into the rewrite's pane; whether there is anything to use."""
        found = self.reviewing
        if found is None:
            return True
        if found.revision.hunks and not found.taken:
            self.say(NOTHING_TAKEN)
            return False
        if self.drafts.front.text.strip() != found.text:
            self.drafts.front.put_changed(found.text)
        return True

    def _show_versions(self) -> None:
        self.remove_class(REVIEWING)
        self.refresh_bindings()

    # What was begun is kept -----------------------------------------------------------------

    def fields(self) -> dict[str, str]:
        kept = {**super().fields(), "text": self.given.text}
        if self.reviewing:
            kept["draft"] = self.reviewing.new
            kept["taken"] = " ".join(map(str, sorted(self.reviewing.taken)))
        return kept

    def restore(self, fields: Mapping[str, str]) -> None:
        super().restore(fields)
        self.given.put(fields.get("text", ""))
        if "taken" in fields and self._comparable(self.drafts.front):
            self._compare(frozenset(int(n) for n in fields["taken"].split()))

    # What the session tells -----------------------------------------------------------------

    def hear(self, news: News) -> None:
        super().hear(news)
        if isinstance(news, Finished):
            self._reviews.pop(news.order.pane, None)
            if self.drafts.front.whole and not self.drafts.running:
                self._compare()
