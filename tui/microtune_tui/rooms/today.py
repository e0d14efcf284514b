"""Today: the received messages that wait for an answer, and why each is here."""

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from microtune.today import Entry, dismiss, look
from microtune.today import Today as Seen
from microtune_tui.rooms.reply import Reply
from microtune_tui.rooms.room import Room

NO_INBOX = (
    "No inbox is read. In Sources (F10) you can have one read to be answered: its messages never "
    "become training text."
)


def make() -> "Today":
    return Today()


class Today(Room):
    """The list above, the message with what was drafted for it beneath."""

    NAME, LABEL = "today", "Today"
    HELP_TEXT: ClassVar[str] = """\
The messages that wait for your answer: addressed to you, not answered, not automatic. Those that
ask something come first. A draft may have been prepared while the machine was idle.

**Enter** takes a message over to Reply; **Delete** says that it needs no answer.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "answer", "Answer", priority=True),
        Binding("delete,ctrl+d", "needs_none", "Needs no answer", priority=True),
        Binding("ctrl+r", "again", "Look again", priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[Entry, ...] = ()

    def contents(self) -> ComposeResult:
        yield OptionList(id="waiting", classes="pane")
        with VerticalScroll(id="message", classes="pane"):
            yield Static(id="text", markup=False)

    async def on_mount(self) -> None:
        await super().on_mount()
        self.query_one(OptionList).focus()
        self.query_one(OptionList).border_title = "Waiting for an answer"

    def look_around(self) -> None:
        super().look_around()
        if self.is_mounted:
            self.action_again()

    @work(exclusive=True, group="look")
    async def action_again(self) -> None:
        """Read the list afresh."""
        now = self.assistant.now()
        seen = await self.clerk(lambda store: look(store, now))
        if seen is None:
            return
        self._entries = seen.entries
        waiting = self.query_one(OptionList)
        at = waiting.highlighted or 0
        waiting.clear_options()
        waiting.add_options([Option(_shown(entry)) for entry in seen.entries])
        if seen.entries:
            waiting.highlighted = min(at, len(seen.entries) - 1)
        self._show()
        if seen.inboxes:
            self.say(_outcome(seen))
        else:
            self.query_one("#text", Static).update(NO_INBOX)

    def on_option_list_option_highlighted(self) -> None:
        self._show()

    async def action_answer(self) -> None:
        """Over to Reply, with the draft that was prepared."""
        entry = self._chosen()
        if entry:
            await self.app.switch_mode("reply")
            reply = self.assistant.rooms["reply"]
            assert isinstance(reply, Reply)
            await reply.show(entry.message, entry.draft)

    @work(exclusive=True, group="dismiss")
    async def action_needs_none(self) -> None:
        entry = self._chosen()
        if entry:
            await self.clerk(lambda store: dismiss(store, entry.message.id))
            self.action_again()

    def _chosen(self) -> Entry | None:
        at = self.query_one(OptionList).highlighted
        return self._entries[at] if at is not None and at < len(self._entries) else None

    def _show(self) -> None:
        entry = self._chosen()
        pane = self.query_one("#message", VerticalScroll)
        pane.border_title = "The message"
        self.query_one("#text", Static).update(_whole(entry) if entry else "")


def _shown(entry: Entry) -> Content:
    message = entry.message
    who = message.name or message.address
    ready = "  (draft ready)" if entry.draft else ""
    return Content.assemble(
        (message.subject or "(no subject)", "bold"),
        f"  {who}, {message.written.astimezone():%d %b}{ready}\n",
        (entry.waiting.why, "italic"),
    )


def _whole(entry: Entry) -> str:
    draft = f"\n\n— Draft —\n\n{entry.draft.text}" if entry.draft else ""
    return f"{entry.message.text.strip()}{draft}"


def _outcome(seen: Seen) -> str:
    if not seen.total:
        return f"Nothing waits for an answer, of {seen.kept} messages."
    shown = f"the first {len(seen.entries)} of " if seen.total > len(seen.entries) else ""
    return f"{shown}{seen.total} of {seen.kept} messages wait for an answer."
