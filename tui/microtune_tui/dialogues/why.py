"""Why a draft says what it says: the own passages it drew on, for all of it or one sentence."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content, Span
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from microtune.drafts import Draft
from microtune.sentences import sentences_of
from microtune.store import Store
from microtune.tracing import Origin, Trace, sentence, trace
from microtune_tui.citations import Citations, about
from microtune_tui.dialogues.confirm import Confirm
from microtune_tui.dialogues.dialogue import Dialogue
from microtune_tui.forgetting import forget_document, plan_of

STATES = {
    "replaced": "a newer text lies there now",
    "withdrawn": "its source was removed",
    "forgotten": "it was forgotten since",
}


class Why(Dialogue[None]):
    """The arrow keys go through the sentences and through the passages."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "sentence(-1)", "Sentence before", priority=True),
        Binding("right", "sentence(1)", "Next sentence", priority=True),
        Binding("enter", "document", "Whole text", priority=True),
        Binding("delete,ctrl+d", "never", "Never use it again", priority=True),
    ]

    def __init__(self, draft: Draft, at: int = 0) -> None:
        super().__init__("Why it says this")
        self._draft = draft
        self._number = at  # of the sentence; 0 is all of the draft
        self._trace: Trace | None = None

    def contents(self) -> ComposeResult:
        with VerticalScroll(id="part", can_focus=False):
            yield Static(id="looked-at")
        yield Static("", id="facts", classes="hint", markup=False)
        yield OptionList(id="origins")

    async def on_mount(self) -> None:
        self.query_one(OptionList).focus()
        await self._look()

    async def action_sentence(self, by: int) -> None:
        """To the next or the one before; before the first is all of the draft."""
        self._number = min(len(sentences_of(self._draft.text)), max(0, self._number + by))
        await self._look()

    async def _look(self) -> None:
        found = await self.clerk(self._traced)
        if found is None:
            return
        self._trace, citations = found
        self.query_one("#looked-at", Static).update(_marked(self._draft, self._trace, self._number))
        self.query_one("#facts", Static).update(_facts(self._trace))
        origins = self.query_one(OptionList)
        origins.clear_options()
        origins.add_options([Option(_shown(o, citations)) for o in self._trace.origins])
        if self._trace.origins:
            origins.highlighted = 0

    def _traced(self, store: Store) -> tuple[Trace, Citations]:
        part = sentence(self._draft, self._number) if self._number else None
        return trace(store, self._draft, part), Citations(store.sources.known())

    def _chosen(self) -> Origin | None:
        at = self.query_one(OptionList).highlighted
        origins = self._trace.origins if self._trace else ()
        return origins[at] if at is not None and at < len(origins) else None

    async def action_document(self) -> None:
        """The whole text that the passage is from."""
        chosen = self._chosen()
        if chosen and chosen.state != "forgotten":
            document = await self.clerk(lambda store: store.documents.get(chosen.document))
            if document:
                from microtune_tui.dialogues.text import Text

                heading = about(document.written, document.recipients, document.subject)
                self.app.push_screen(Text(heading, document.text))

    def action_never(self) -> None:
        """Forget the text that the passage is from, once the person has seen what that takes."""
        chosen = self._chosen()
        if chosen and chosen.state != "forgotten":
            self.run_worker(self._never(chosen.document), exclusive=True)

    async def _never(self, document: str) -> None:
        plan = await self.clerk(lambda store: plan_of(store, document))
        if plan is None:
            return
        if await self.app.push_screen_wait(Confirm("Never use this text again", plan, "Forget it")):
            library = self.assistant.wiring.library
            said = await self.clerk(lambda store: forget_document(store, library, document))
            if said:
                await self.assistant.drop_erased()
                self.notify(said)
                self.assistant.session.look()
                await self._look()


def _marked(draft: Draft, found: Trace, number: int) -> Content:
    """The draft; the part is bold, the words in it that passages have too are underlined."""
    part = found.part
    spans = [Span(part.start, part.end, "bold")] if number else []
    words = {span for origin in found.origins for c in origin.common for span in c.in_draft}
    spans += [Span(start, end, "underline") for start, end in sorted(words)]
    return Content(draft.text, spans=spans)


def _facts(found: Trace) -> str:
    if not found.origins:
        return "It drew on no passage of yours: nothing was near the brief."
    lines = ["Underlined: words that the passages below have too. Chance can bring them together."]
    if found.copied:
        copied = found.copied
        lines.append(f"The longest run copied: {copied.words} words: “{copied.text}”")
    if found.phrases:
        quoted = ", ".join(f"“{phrase.text}”" for phrase in found.phrases[:4])
        lines.append(f"Your own turns of phrase: {quoted}")
    return "\n".join(lines)


def _shown(origin: Origin, citations: Citations) -> Content:
    if origin.state == "forgotten":
        return Content.styled(f"A text of yours: {STATES['forgotten']}.", "italic")
    heading = about(origin.written, origin.recipients, origin.subject)
    where = citations.where(origin.source, origin.place)
    state = f" ({STATES[origin.state]})" if origin.state in STATES else ""
    passage, spans = " ".join(origin.passage.split()), []
    if passage == origin.passage:
        spans = [Span(a, b, "underline") for c in origin.common for a, b in c.in_passage]
    return Content("\n").join(_lines(heading, where, state, Content(passage, spans=spans), origin))


def _lines(
    heading: str, where: str, state: str, passage: Content, origin: Origin
) -> Iterator[Content]:
    yield Content.assemble((heading, "bold"), (state, "italic"))
    yield passage
    shared = ", ".join(common.word for common in origin.common) or "nothing"
    yield Content.styled(f"In common: {shared}. {where}", "italic")
