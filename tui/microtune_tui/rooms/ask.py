"""Ask: what one once wrote, quoted with where it stands, or that nothing was found."""

from collections.abc import Mapping
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content, Span
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from microtune.asking import Answer, Answers, ask
from microtune.store import Store
from microtune_tui.citations import Citations, about, quotation
from microtune_tui.dialogues.text import Text
from microtune_tui.rooms.room import Room

LIMIT = 8
HINT = "Quotes of your own texts appear here, each with where it stands. No model writes them."
EMPTY = "None of your texts is collected yet. Sources (F10) is where to begin."


def make() -> "Ask":
    return Ask()


class Ask(Room):
    """The question above, the quotes beneath it."""

    NAME, LABEL = "ask", "Ask"
    HELP_TEXT: ClassVar[str] = """\
Ask about what you wrote: *what did I promise Tom about the lease?* The answer is quotes of your
own texts, the nearest first; where nothing is near enough, it says so. Names must be met, and so
must a time (*in March*, *last year*).

**Enter** on a quote shows the whole text.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "again", "Another question", priority=True),
        Binding("ctrl+o", "copy", "Copy the quote", priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._answers: tuple[Answer, ...] = ()

    def contents(self) -> ComposeResult:
        question = Input(
            id="question", compact=True, placeholder="What did I promise Tom about the lease?"
        )
        question.cursor_blink = False
        yield question
        yield Static(HINT, id="found", classes="hint", markup=False)
        yield OptionList(id="quotes", classes="pane")

    async def on_mount(self) -> None:
        await super().on_mount()
        self.query_one(Input).focus()
        self.query_one(OptionList).border_title = "Quotes"

    def fields(self) -> dict[str, str]:
        return {"question": self.query_one(Input).value}

    def restore(self, fields: Mapping[str, str]) -> None:
        self.query_one(Input).value = fields.get("question", "")

    def on_input_changed(self) -> None:
        self.changed()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self._look(event.value)

    def action_again(self) -> None:
        """Back to the question, all of it selected."""
        question = self.query_one(Input)
        question.focus()
        question.select_all()

    def action_copy(self) -> None:
        answer = self._chosen()
        if answer:
            self.app.copy_to_clipboard(answer.quote)
            self.say("Copied the quote.")

    @work(exclusive=True, group="ask")
    async def _look(self, question: str) -> None:
        self.say("Looking.", "busy")
        found = await self.clerk(lambda store: _answered(store, question))
        if found is None:
            return
        answers, citations, documents = found
        self._answers = answers.answers
        self.query_one("#found", Static).update(_outcome(answers) if documents else EMPTY)
        quotes = self.query_one(OptionList)
        quotes.clear_options()
        quotes.add_options([Option(_shown(answer, citations)) for answer in self._answers])
        if self._answers:
            quotes.highlighted = 0
            quotes.focus()
        self.say("")

    @work(exclusive=True, group="text")
    async def on_option_list_option_selected(self) -> None:
        """The whole text of the quote."""
        answer = self._chosen()
        if answer is None:
            return
        document = await self.clerk(lambda store: store.documents.get(answer.document))
        if document:
            title = about(answer.written, answer.recipients, answer.subject)
            span = Span(answer.start, answer.end, "bold underline")
            self.app.push_screen(Text(title, Content(document.text, spans=[span])))

    def _chosen(self) -> Answer | None:
        at = self.query_one(OptionList).highlighted
        return self._answers[at] if at is not None and at < len(self._answers) else None


def _answered(store: Store, question: str) -> tuple[Answers, Citations, int]:
    citations = Citations(store.sources.known())
    return ask(store, question, LIMIT), citations, store.documents.count()


def _outcome(found: Answers) -> str:
    count = len(found.answers)
    line = f"{count} quote{'' if count == 1 else 's'}, the nearest first." if count else ""
    unknown = f"Nowhere in your texts: {', '.join(found.unknown)}." if found.unknown else ""
    return " ".join(part for part in (line or "Nothing found.", unknown) if part)


def _shown(answer: Answer, citations: Citations) -> Content:
    quote, spans = answer.quote, []
    if "\n" not in quote:
        spans = [
            Span(start - answer.start, end - answer.start, "underline")
            for match in answer.matches
            for start, end in match.at
        ]
    lines = [
        Content(" ".join(quote.split()) if not spans else quote, spans=spans),
        Content.styled(about(answer.written, answer.recipients, answer.subject), "italic"),
        Content.styled(citations.where(answer.source, answer.place), "italic"),
    ]
    if answer.in_answer_to:
        lines.append(Content.styled(f"in answer to: {quotation(answer.in_answer_to)}", "italic"))
    return Content("\n").join([*lines, Content("")])
