"""Drafting: a person's request, their own nearest passages, a prompt, and the engine's answer.

The command line and the assistant both draft here, so the same request, adapter and seed give the
same text in both. Knows nothing of screens.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Literal

from microtune.contracts import Engine, Generated, Sampling, Turn
from microtune.drafts import Draft
from microtune.errors import MicrotuneError
from microtune.retrieval import Retrieval
from microtune.words import Passage
from microtune_adapters import prompts
from microtune_adapters.briefs import flattened
from microtune_adapters.examples import PASSAGES, pieces, shortened
from microtune_adapters.going_on import stop_of
from microtune_adapters.library import Library
from microtune_adapters.prompts import Brief
from microtune_adapters.tone import WIDER, in_tone

Command = Literal["write", "reply", "rewrite", "continue"]
DEFAULT_WORDS = 80


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asks for. `text` is the message to answer, or the text to rewrite or continue.

    `tone` goes from -2 (formal) to 2 (casual); 0 is as the person writes.
    """

    command: Command
    about: str = ""
    text: str = ""
    to: str = ""
    subject: str = ""
    words: int = 0
    tone: int = 0

    def brief(self) -> Brief:
        return Brief(self.about, self.to, self.subject, self.words)

    def query(self) -> str:
        """What the person's own passages are searched with."""
        text = self.text[-600:] if self.command == "continue" else self.text[:600]
        return " ".join((self.about, self.subject, self.to, text)).strip()


def request_of(draft: Draft) -> Request:
    """What was asked for with a draft."""
    return Request(**draft.request)  # type: ignore[arg-type]


class Drafter:
    """Drafts with one engine. Draws passages from `retrieval` and adapters from `library`."""

    def __init__(self, engine: Engine, library: Library, retrieval: Retrieval) -> None:
        self.engine, self.library, self.retrieval = engine, library, retrieval
        self.swap_ms = 0.0  # what setting the adapter took for the latest draft

    def passages(self, request: Request) -> list[Passage]:
        """The own passages nearest to the request, of the tone that it asks for."""
        looked_at = PASSAGES * WIDER if request.tone else PASSAGES
        found = self.retrieval.nearest(request.query(), looked_at)
        return in_tone(found, request.tone, PASSAGES)

    def choose(self, adapter: str | None) -> str:
        """The full id for what was asked: None is the active one, "none" the bare base ("")."""
        if adapter == "none":
            return ""
        if adapter is not None:
            card = self.library.find(adapter)
            card.require_weights()
            return card.id
        active = self.library.active()
        return active.id if active else ""

    def use(self, adapter: str) -> float:
        """Serve with this adapter id ("": the bare base); returns the swap's milliseconds."""
        return self.engine.use(self.library.path(adapter) if adapter else None)

    def draft(
        self,
        request: Request,
        adapter: str,
        sampling: Sampling,
        write: Callable[[str], None],
        passages: list[Passage] | None = None,
    ) -> Draft:
        """Stream a draft to `write` and return it whole, not yet recorded.

        `passages` given are used instead of a search. Raises `MicrotuneError` when there is
        nothing to work on or the engine stops.
        """
        self._check(request)
        self.swap_ms = self.use(adapter)
        found = self.passages(request) if passages is None else passages
        parts: list[str] = []
        finished: list[Generated] = []
        for number, turns in enumerate(turns_of(request, [shortened(p.text) for p in found])):
            if number:
                parts.append("\n\n")
                write("\n\n")
            for piece in self._stream(turns, sampling, finished):
                parts.append(piece)
                write(piece)
            if finished[-1].finish == "cancelled":
                break
        return Draft(
            command=request.command,
            request=asdict(request),
            text="".join(parts).strip(),
            base=self.engine.base_sha256,
            adapter=adapter,
            sampling=sampling,
            generated=combined(finished),
            retrieved=tuple(found),
        )

    def _stream(
        self, turns: list[Turn], sampling: Sampling, finished: list[Generated]
    ) -> Iterator[str]:
        yield from self.engine.stream(turns, sampling, finished.append)

    def _check(self, request: Request) -> None:
        given = request.query() if request.command == "write" else request.text
        if not given.strip():
            raise MicrotuneError(
                f"there is nothing to {request.command}", "Say in a few words what it should say."
            )


def turns_of(request: Request, passages: list[str]) -> Iterator[list[Turn]]:
    """The prompts of a request: one, or for a long rewrite one for each piece of the text."""
    brief = request.brief()
    if request.command == "write":
        yield prompts.write_turns(brief, passages)
    elif request.command == "reply":
        yield prompts.reply_turns(request.text, brief, passages)
    elif request.command == "continue":
        yield _going_on(request.text, brief, passages)
    else:
        for piece in pieces(request.text):
            # the voice of the given text would be copied: only what it says is handed on
            yield prompts.rewrite_turns(flattened(piece) or piece, brief, passages)


def _going_on(text: str, brief: Brief, passages: list[str]) -> list[Turn]:
    """The turns that continue a text; a sentence that is begun is the beginning of the answer, for
    a model that learned to continue by whole sentences would begin another."""
    settled, begun = stop_of(text)
    if settled:
        turns = prompts.continue_turns(settled, brief, passages)
    else:
        turns = prompts.write_turns(brief, passages)
    return [*turns, Turn("assistant", begun)] if begun else turns


def combined(parts: list[Generated]) -> Generated:
    """The figures of a draft that was streamed in parts."""
    if not parts:
        return Generated(0, 0, 0.0, 0.0, "stop")
    tokens = sum(p.tokens for p in parts)
    seconds = sum(p.tokens / p.tokens_per_s for p in parts if p.tokens_per_s)
    return Generated(
        tokens=tokens,
        prompt_tokens=sum(p.prompt_tokens for p in parts),
        first_token_ms=parts[0].first_token_ms,
        tokens_per_s=tokens / seconds if seconds else 0.0,
        finish=parts[-1].finish,
    )


def most_tokens(words: int) -> int:
    """How many tokens a draft of about `words` words may take before it is cut."""
    return min(700, int((words or DEFAULT_WORDS) * 2.2) + 40)
