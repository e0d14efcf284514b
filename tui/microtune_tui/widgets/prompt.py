"""What the person asks for: a brief, to whom it goes, a subject, how long and in which tone."""

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Label, TextArea

from microtune_adapters.drafting import Command, Request
from microtune_adapters.prompts import LENGTHS
from microtune_tui.widgets.prose import Prose
from microtune_tui.widgets.slider import Slider

HINTS: dict[Command, str] = {
    "write": "What should it say? For instance: thank Ana, propose Tuesday at ten",
    "reply": "What should the answer say? Leave it empty to see what you would say",
    "rewrite": "Anything to mind? For instance: shorter, leave the prices out",
    "continue": "",
}
WORDS = ((0, "any length"), *((words, f"about {words} words") for words in LENGTHS))
TONES = (
    (-2, "formal"),
    (-1, "rather formal"),
    (0, "as you are"),
    (1, "rather casual"),
    (2, "casual"),
)


class Brief(Prose):
    """A few lines that wrap. Enter asks for the draft: line breaks mean nothing in a brief."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Draft", show=False, priority=True)
    ]

    class Submitted(Message):
        """The person wants a draft."""

    def action_submit(self) -> None:
        self.post_message(self.Submitted())


class Prompt(Vertical):
    """The fields. Their cursors do not blink: calm to look at, and the same in every shot."""

    class Submitted(Message):
        """The person wants a draft of what the fields say."""

    class Changed(Message):
        """Something in the fields changed."""

    def __init__(self, command: Command) -> None:
        super().__init__(id="prompt")
        self._command: Command = command

    def compose(self) -> ComposeResult:
        with Horizontal(id="brief-row"):
            yield Label("Brief")
            yield Brief(id="brief", placeholder=HINTS[self._command])
        if self._command == "write":
            with Horizontal(id="address-row"):
                yield Label("To")
                yield Input(id="to", compact=True, placeholder="whom it goes to")
                yield Label("Subject")
                yield Input(id="subject", compact=True, placeholder="what it is about")
        with Horizontal(id="sliders-row"):
            yield Slider("Length ", WORDS, 0, id="words")
            yield Slider("Tone", TONES, 2, id="tone")

    def on_mount(self) -> None:
        for field in self.query(Input):
            field.cursor_blink = False
        self.query_one(Brief).focus()

    @property
    def is_blank(self) -> bool:
        return not self.request().query()

    def offer(self, always: bool = False) -> None:
        """Put the cursor into the brief, unless it is in another field."""
        if always or self.app.focused is None:
            self.query_one(Brief).focus()

    def request(self, text: str = "") -> Request:
        """What the fields say now; `text` is the message answered or the text rewritten."""
        return Request(
            self._command,
            about=self.query_one(Brief).text.strip(),
            text=text,
            to=self._line("to"),
            subject=self._line("subject"),
            words=self.query_one("#words", Slider).value,
            tone=self.query_one("#tone", Slider).value,
        )

    def fields(self) -> dict[str, str]:
        """What stands in each field; sliders in the middle say nothing."""
        asked = self.request()
        return {
            "about": self.query_one(Brief).text,
            "to": asked.to,
            "subject": asked.subject,
            "words": str(asked.words or ""),
            "tone": str(asked.tone or ""),
        }

    def restore(self, fields: Mapping[str, str]) -> None:
        """Put back what `fields` gave."""
        self.query_one(Brief).take_up(fields.get("about", ""))
        for field in self.query(Input):
            field.value = fields.get(str(field.id), "")
        for name in ("words", "tone"):
            if fields.get(name):
                self.query_one(f"#{name}", Slider).set_value(int(fields[name]))

    def _line(self, name: str) -> str:
        return "".join(field.value.strip() for field in self.query(f"#{name}").results(Input))

    def on_brief_submitted(self, event: Brief.Submitted) -> None:
        event.stop()
        self.post_message(self.Submitted())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Submitted())

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())

    def on_slider_moved(self, event: Slider.Moved) -> None:
        event.stop()
        self.post_message(self.Changed())
