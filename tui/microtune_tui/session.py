"""The assistant's drafting thread: it alone opens store and engine and does what takes time.

The screen asks and is told by `tell`, which is called in this thread. Knows nothing of screens.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from microtune.contracts import Engine, Sampling
from microtune.drafts import Draft
from microtune.errors import MicrotuneError
from microtune.settings import POCKET
from microtune.store import Store
from microtune.words import Passage
from microtune_adapters.drafting import Drafter, most_tokens
from microtune_tui.answering import record
from microtune_tui.failures import unexpected
from microtune_tui.orders import (
    Began,
    Drawn,
    Finished,
    Looked,
    News,
    Order,
    Piece,
    Ready,
    Situation,
    Trouble,
)

if TYPE_CHECKING:
    from microtune_tui.wiring import Wiring


class Session:
    """One home being drafted in. The public methods return at once; work queues up in order."""

    def __init__(
        self, wiring: "Wiring", open_engine: Callable[[], Engine], tell: Callable[[News], object]
    ) -> None:
        self._wiring, self._open_engine, self._tell = wiring, open_engine, tell
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="drafting")
        self._stop = Event()  # of the latest order; earlier ones are stopped when it is placed
        self._store: Store | None = None
        self._engine: Engine | None = None

    # Asked by the screen --------------------------------------------------------------------

    def open(self) -> None:
        """See how things stand, and load the base if one is chosen."""
        self._thread.submit(self._guarded, self._load)

    def choose_pocket(self) -> None:
        """Make pocket the base of this home, then load it."""
        self._thread.submit(self._guarded, self._init_pocket)

    def draft(self, *orders: Order) -> None:
        """Stop what is being drafted and draft these, one after the other."""
        self.stop()
        self._stop = stop = Event()
        for order in orders:
            self._thread.submit(self._guarded, partial(self._draft, order, stop), order)

    def look(self) -> None:
        """See how things stand once more: an adapter was switched, or a base chosen."""
        self._thread.submit(self._guarded, self._load)

    def stop(self) -> None:
        """End the running draft within one token."""
        self._stop.set()
        if self._engine is not None:
            self._engine.cancel()

    async def close(self) -> None:
        """Stop, close engine and store, and end the thread."""
        self.stop()
        await asyncio.wrap_future(self._thread.submit(self._release))
        self._thread.shutdown()

    # Done in the thread ---------------------------------------------------------------------

    def _guarded(self, job: Callable[[], None], order: Order | None = None) -> None:
        """Nothing that goes wrong ends the thread: it costs one line, and the next job runs."""
        try:
            job()
        except MicrotuneError as error:
            self._tell(Trouble(str(error), order))
        except Exception as error:
            self._tell(Trouble(str(unexpected(error, self._wiring.home)), order))

    def _load(self) -> None:
        if self._look().base:
            self._drafter()
            self._tell(Ready())

    def _init_pocket(self) -> None:
        base = self._wiring.choose_base(POCKET)
        assert self._store is not None  # `open` came first
        self._store.ledger.append("base chosen", {"base": base.name, "sha256": base.sha256})
        self._load()

    def _look(self) -> Situation:
        """Read afresh each time: another terminal may have trained or chosen meanwhile."""
        if self._store is None:
            self._store = self._wiring.store()
        settings = self._wiring.chosen()
        active = self._wiring.library.active() if settings else None
        fits = bool(active and settings and active.base_sha256 == settings.base_sha256)
        situation = Situation(
            base=settings.base_name if settings else "",
            documents=self._store.documents.count(),
            adapter=active if fits else None,
            misfit=None if fits else active,
        )
        self._tell(Looked(situation))
        return situation

    def _drafter(self) -> Drafter:
        """A drafter whose engine serves the base that the settings name now."""
        assert self._store is not None  # `_look` comes first
        chosen = self._wiring.settings().base_sha256
        if self._engine is not None and self._engine.base_sha256 != chosen:
            self._close_engine()
        if self._engine is None:
            self._engine = self._open_engine()
            self._engine.use(None)  # starts its process now, not at the first draft
        return Drafter(self._engine, self._wiring.library, self._store.retrieval)

    def _draft(self, order: Order, stop: Event) -> None:
        if stop.is_set():
            self._tell(Finished(order, None))
            return
        adapter = _adapter_for(order, self._look())
        drafter = self._drafter()
        passages = drafter.passages(order.request)
        self._tell(Began(order, tuple(self._drawn(p) for p in passages)))

        def write(piece: str) -> None:
            if stop.is_set():  # `stop` may have come before the stream began
                drafter.engine.cancel()
            else:
                self._tell(Piece(order, piece))

        sampling = Sampling(seed=order.seed, max_tokens=most_tokens(order.request.words))
        draft = drafter.draft(order.request, adapter, sampling, write, passages)
        self._tell(Finished(order, self._recorded(order, draft), drafter.swap_ms))

    def _recorded(self, order: Order, draft: Draft) -> Draft:
        assert self._store is not None
        if not (order.kept and draft.text):
            return draft
        if order.answers:
            return record(self._store, draft, self._store.received.get(order.answers))
        return self._store.drafts.record(draft)

    def _drawn(self, passage: Passage) -> Drawn:
        assert self._store is not None
        document = self._store.documents.get(passage.document)
        to = f"to {', '.join(document.recipients[:2])}" if document.recipients else ""
        name = document.subject or document.place.rpartition("/")[2]
        day = document.written.date().isoformat() if document.written else ""
        return Drawn(" · ".join(part for part in (name, to, day) if part), passage)

    def _release(self) -> None:
        self._close_engine()
        if self._store is not None:
            self._store.close()

    def _close_engine(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            with suppress(MicrotuneError):
                engine.close()


def _adapter_for(order: Order, situation: Situation) -> str:
    """The adapter's id, "" for the bare base. Raises `MicrotuneError` if there is none to use."""
    if order.side == "base":
        return ""
    if situation.misfit:
        raise MicrotuneError(misfit_line(situation), "Run `microtune train`.")
    if situation.adapter is None:
        raise MicrotuneError("there is no adapter yet", "Run `microtune train`.")
    return situation.adapter.id


def misfit_line(situation: Situation) -> str:
    """What to say of an active adapter that cannot serve here."""
    card = situation.misfit
    assert card is not None
    than = "" if card.base_name == situation.base else f" than {situation.base}"
    return f"your adapter of {card.created[:10]} was trained for {situation.misfit_base}{than}"
