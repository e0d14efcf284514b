"""Reply: an answer to a message that was received, lies in a file, or is pasted."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from microtune.drafts import Draft
from microtune.errors import MicrotuneError
from microtune.messages import Message
from microtune.store import Store
from microtune_adapters.drafting import Request
from microtune_tui.answering import request_for
from microtune_tui.dialogues.line import Line
from microtune_tui.dialogues.pick_message import FILE, PickMessage
from microtune_tui.given_texts import message_to_answer
from microtune_tui.rooms.drafting_room import DraftingRoom
from microtune_tui.widgets.drafts import Drafts
from microtune_tui.widgets.prompt import Prompt
from microtune_tui.widgets.prose import Prose

MOST_LISTED = 200
HINT = "Paste the message here, or pick one with Ctrl+N."


def make() -> "Reply":
    return Reply()


class Reply(DraftingRoom):
    """The message, what the answer should say, and the answer."""

    NAME, LABEL = "reply", "Reply"
    HELP_TEXT: ClassVar[str] = """\
**Ctrl+N** picks a message from your inbox or a file; or paste one. Say in a few words what the
answer should say, or nothing, and press **Enter**.

Inboxes are read to be answered only: they never become training text.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "pick", "Pick", priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.message: Message | None = None  # of the store; None if it is from elsewhere
        self._asked = Request("reply")  # to whom and about what, as the message says
        self._there = asyncio.Event()  # what was begun here is back in its fields

    def contents(self) -> ComposeResult:
        message = Prose(id="message", classes="pane", placeholder=HINT)
        message.border_title = "The message"
        yield message
        yield Prompt("reply")
        yield Drafts(self.NAME)

    @property
    def _message(self) -> Prose:
        return self.query_one("#message", Prose)

    async def on_mount(self) -> None:
        await super().on_mount()
        if not self._message.text:
            self._message.focus()
        self._there.set()

    def request(self) -> Request:
        asked = self.prompt.request(self._message.text)
        return replace(asked, to=self._asked.to, subject=self._asked.subject)

    def missing(self) -> str:
        return "" if self._message.text.strip() else "Paste a message first, or pick one (Ctrl+N)."

    @property
    def answers(self) -> str:
        """The id of the received message, if it stands there unchanged."""
        same = self.message and self.message.text.strip() == self._message.text.strip()
        return self.message.id if self.message and same else ""

    def fields(self) -> dict[str, str]:
        asked = {"to": self._asked.to, "subject": self._asked.subject}
        message = {"message": self._message.text, "id": self.message.id if self.message else ""}
        return {**super().fields(), **asked, **message}

    def restore(self, fields: Mapping[str, str]) -> None:
        super().restore(fields)
        self._asked = Request("reply", to=fields.get("to", ""), subject=fields.get("subject", ""))
        self._message.load_text(fields.get("message", ""))
        self._entitle()
        if fields.get("id"):
            self._remember(fields["id"])

    @work(exclusive=True, group="pick")
    async def action_pick(self) -> None:
        """Choose among the received messages, or a file."""
        known = await self.clerk(_newest)
        if known is None:
            return
        picked = await self.app.push_screen_wait(PickMessage(known))
        if picked == FILE:
            path = await self.app.push_screen_wait(Line("Reply", "Which file (.eml or text)?"))
            if path:
                self._open(path)
        elif picked:
            await self.show(next(message for message in known if message.id == picked))

    async def show(self, message: Message, draft: Draft | None = None) -> None:
        """Put a received message in place of the one that stands there, with a draft for it."""
        await self._there.wait()
        self.message = message
        self._put(request_for(message))
        if draft:
            self.drafts.show(draft)

    def _open(self, path: str) -> None:
        try:
            given = message_to_answer(path)
        except MicrotuneError as error:
            self.say(str(error), "trouble")
            return
        self.message = None
        self._put(Request("reply", text=given.text, to=given.sender, subject=given.subject))

    def _put(self, request: Request) -> None:
        self._asked = Request("reply", to=request.to, subject=request.subject)
        self._message.load_text(request.text)
        self._entitle()
        self.prompt.offer(always=True)
        self.changed()

    def _entitle(self) -> None:
        parts = ("The message", self._asked.to, self._asked.subject)
        self._message.border_title = " · ".join(part for part in parts if part)

    @work(exclusive=True, group="remember")
    async def _remember(self, id: str) -> None:
        self.message = await self.clerk(lambda store: store.received.get(id))


def _newest(store: Store) -> list[Message]:
    """The received messages, the newest first."""
    messages = sorted(store.received.all(), key=lambda message: message.written, reverse=True)
    return messages[:MOST_LISTED]
