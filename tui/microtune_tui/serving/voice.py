"""Answers the requests of other programs, one after another in a thread, with one engine.

It alone opens engine and store. Nothing of a request or an answer is kept. Knows no HTTP.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

from microtune.contracts import Engine, Generated, Turn
from microtune.errors import MicrotuneError
from microtune.settings import Settings
from microtune.words import Passage
from microtune_adapters import prompts
from microtune_adapters.engine import defaults
from microtune_adapters.examples import PASSAGES, shortened
from microtune_tui import failures
from microtune_tui.serving import wording
from microtune_tui.serving.answer import Answer, Finished
from microtune_tui.serving.asked import Asked
from microtune_tui.serving.models import Models
from microtune_tui.serving.refusals import Refusal, could_not, stopping

if TYPE_CHECKING:
    from microtune_tui.wiring import Wiring

MOST_WAITING = 64


class Voice:
    """The models of one home. `ask` and `drop` are for the event loop and return at once."""

    def __init__(self, wiring: "Wiring") -> None:
        self._wiring = wiring
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="serving")
        self._asked: set[Answer] = set()  # unfinished; touched in the event loop only
        self._speaking: Answer | None = None  # whose stream the engine works on
        self._turn = Lock()  # held to change `_speaking`, or to act on it
        self._engine: Engine | None = None
        self._context = 0
        self._adapter: str | None = None  # the one that the engine serves with

    def open(self) -> None:
        """Load the base, so that the first answer need not wait. Raises `MicrotuneError`."""
        self._thread.submit(lambda: self._serve_with(self._ready(), "")).result()

    def models(self) -> Models:
        """As they are now. Raises `MicrotuneError`."""
        return Models(self._wiring.library, self._wiring.settings())

    def ask(self, asked: Asked) -> Answer:
        """An answer that comes when those asked for before are done. Raises `Refusal`."""
        if len(self._asked) >= MOST_WAITING:
            raise Refusal(429, f"{MOST_WAITING} requests wait already: try again later", "too_many")
        answer = Answer(asked)
        self._asked.add(answer)
        self._thread.submit(self._answer, answer)
        return answer

    def drop(self, answer: Answer) -> None:
        """Nobody wants it any more: its stream ends within a token. Harmless when it is done."""
        self._asked.discard(answer)
        answer.unwanted.set()
        answer.tell(Refusal(499, "the program that asked has gone"))  # who waits is to wake up
        with self._turn:
            if self._speaking is answer and self._engine is not None:
                self._engine.cancel()

    def stop(self) -> None:
        """End every answer that is asked for, and say so to whoever waits."""
        for answer in list(self._asked):
            answer.tell(stopping())
            self.drop(answer)

    def close(self) -> None:
        """End the engine and the thread. Harmless when repeated."""
        self._thread.submit(self._close_engine).result()
        self._thread.shutdown()

    # Done in the thread ---------------------------------------------------------------------

    def _answer(self, answer: Answer) -> None:
        """Nothing that goes wrong costs more than this answer."""
        try:
            if not answer.unwanted.is_set():
                answer.tell(self._spoken(answer))
        except Refusal as refusal:
            answer.tell(refusal)
        except MicrotuneError as error:
            answer.tell(could_not(error))
        except Exception as error:
            answer.tell(could_not(failures.unexpected(error, self._wiring.home)))

    def _spoken(self, answer: Answer) -> Finished:
        settings = self._wiring.settings()
        engine = self._ready()
        card = self.models().card(answer.asked.model)
        adapter = card.id if card else ""
        passages = self._passages(answer.asked) if adapter else []
        texts = [shortened(passage.text) for passage in passages]
        turns = wording.turns(answer.asked, bool(adapter), texts, self._context)
        if turns[:1] != prompts.voice_turns(texts):
            passages = []  # there was no room to show them
        self._serve_with(engine, adapter)
        ended: list[Generated] = []
        for piece in self._stream(engine, turns, answer, ended):
            answer.tell(piece)
        if not ended:  # the engine was closed
            raise stopping()
        return Finished(ended[0], adapter, settings.base_sha256, tuple(passages))

    def _stream(
        self, engine: Engine, turns: list[Turn], answer: Answer, ended: list[Generated]
    ) -> Iterator[str]:
        with self._turn:
            self._speaking = answer
        try:
            pieces = engine.stream(turns, answer.asked.sampling, ended.append)
            if answer.unwanted.is_set():  # dropped before there was a stream to cancel
                engine.cancel()
            yield from pieces
        finally:
            with self._turn:
                self._speaking = None

    def _passages(self, asked: Asked) -> list[Passage]:
        """Opened for each search, which takes 2 ms: `forget` waits for readers of the database."""
        with self._wiring.store() as store:
            return store.retrieval.nearest(wording.query(asked), PASSAGES)

    def _ready(self) -> Engine:
        """An engine of the base that the settings name now."""
        chosen: Settings = self._wiring.settings()
        if self._engine is not None and self._engine.base_sha256 != chosen.base_sha256:
            self._close_engine()
        if self._engine is None:
            base = self._wiring.base()
            self._engine = self._wiring.engine(base)
            self._context = min(defaults.CONTEXT, base.context_length)
        return self._engine

    def _serve_with(self, engine: Engine, adapter: str) -> None:
        """Swap only where another adapter serves: a swap costs more than a short answer's start."""
        if adapter != self._adapter:
            self._adapter = None  # should the swap fail
            engine.use(self._wiring.library.path(adapter) if adapter else None)
            self._adapter = adapter

    def _close_engine(self) -> None:
        engine, self._engine, self._adapter = self._engine, None, None
        if engine is not None:
            with suppress(MicrotuneError):
                engine.close()
