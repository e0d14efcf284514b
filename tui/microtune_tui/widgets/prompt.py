"""What the person asks for: a brief, to whom it goes, and a subject."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Label, TextArea

from microtune_adapters.drafting import Request


class Brief(TextArea):
    """A few lines that wrap. Enter asks for the draft: line breaks mean nothing in a brief."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Draft", show=False, priority=True)
    ]

    class Submitted(Message):
        """The person wants a draft."""

    def action_submit(self) -> None:
        self.post_message(self.Submitted())


class Prompt(Vertical):
    """The three fields. Their cursors do not blink: calm to look at, and the same in every shot."""

    class Submitted(Message):
        """The person wants a draft of what the fields say."""

    def __init__(self) -> None:
        super().__init__(id="prompt")

    def compose(self) -> ComposeResult:
        with Horizontal(id="brief-row"):
            yield Label("Brief")
            yield Brief(
                id="brief",
                compact=True,
                show_line_numbers=False,
                highlight_cursor_line=False,
                placeholder="What should it say? For instance: thank Ana, propose Tuesday at ten",
            )
        with Horizontal(id="address-row"):
            yield Label("To")
            yield Input(id="to", compact=True, placeholder="whom it goes to")
            yield Label("Subject")
            yield Input(id="subject", compact=True, placeholder="what it is about")

    def on_mount(self) -> None:
        brief = self.query_one(Brief)
        brief.cursor_blink = False
        for field in self.query(Input):
            field.cursor_blink = False
        brief.focus()

    @property
    def is_blank(self) -> bool:
        return not self.request().query()

    def offer(self) -> None:
        """Put the cursor into the brief, unless it is in another field."""
        if not isinstance(self.app.focused, Input):
            self.query_one(Brief).focus()

    def request(self) -> Request:
        """What the fields say now."""
        return Request(
            "write",
            about=self.query_one(Brief).text.strip(),
            to=self.query_one("#to", Input).value.strip(),
            subject=self.query_one("#subject", Input).value.strip(),
        )

    def on_brief_submitted(self, event: Brief.Submitted) -> None:
        event.stop()
        self.post_message(self.Submitted())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Submitted())
