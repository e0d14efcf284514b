"""Picks the message to answer: one that was received, or one in a file."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from microtune.messages import Message
from microtune_tui.dialogues.dialogue import Dialogue

FILE = "file"
NO_INBOX = "No inbox is read. Sources (F10) can add one: to be answered, never to be trained on."


class PickMessage(Dialogue[str]):
    """A received message's id, or "file"."""

    def __init__(self, messages: Sequence[Message]) -> None:
        super().__init__("Which message?")
        self._messages = messages

    def contents(self) -> ComposeResult:
        if not self._messages:
            yield Static(NO_INBOX, classes="hint", markup=False)
        yield OptionList(
            Option("From a file …", id=FILE),
            *(Option(_shown(message), id=message.id) for message in self._messages),
        )

    def on_mount(self) -> None:
        picked = self.query_one(OptionList)
        picked.highlighted = 1 if self._messages else 0
        picked.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)


def _shown(message: Message) -> Content:
    state = "answered" if message.answered_at else ""
    parts = (f"{message.written.astimezone():%d %b}", message.name or message.address, state)
    heading = " · ".join(part for part in parts if part)
    return Content.assemble((message.subject or "(no subject)", "bold"), f"  {heading}")
