"""One pass over all consented sources: read, sift, store.

What a batch found, the marks that say how far its source was read, and its counts commit
together. So a pass killed at any moment has lost nothing, and the next goes on where it was.
What an inbox holds is kept apart and makes no documents: see `microtune.received`. It knows
nothing of kinds of sources; collectors are handed in.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from microtune.contracts import Change, Collector, PlaceCollector
from microtune.curation.curator import Curator
from microtune.errors import MicrotuneError, is_of_the_machine
from microtune.messages import Message
from microtune.receiving import message_of
from microtune.sifting import Kept, Moved, Sifter, storable
from microtune.source_pass import INTERNAL_ERROR, ConsentWithdrawn, SourcePass
from microtune.store import Store
from microtune.words import Answers, Found, Incoming, Mark, Skip, Source

_log = logging.getLogger(__name__)

OpenCollector = Callable[[Source], Collector]
Holds = Callable[[str], bool]  # whether anything still lies at a place
ShowProgress = Callable[[str, int], None]  # the source's place, items read in it so far


@dataclass(frozen=True, slots=True)
class Collected:
    """What a pass did. `skipped` counts by reason; `failed` are sources that could not be read.

    `retired`: documents that left training because their place is excluded now. `received`:
    messages in inboxes that came new; they are no documents.
    """

    new: int
    updated: int
    total: int  # documents in use, over all sources
    skipped: Mapping[str, int]
    seconds: float
    failed: tuple[MicrotuneError, ...] = ()
    retired: int = 0
    received: int = 0


def collect(
    store: Store,
    open_collector: OpenCollector,
    curator: Curator,
    progress: ShowProgress | None = None,
    only: Sequence[Change] | None = None,
) -> Collected:
    """Read what is new in every consented source, or, of those in `only`, at the places there.

    A source that cannot be read goes to `failed` and the others are read all the same. Raises
    `MicrotuneError` only if the store itself cannot be written; what it committed stays.
    """
    began = time.monotonic()
    sifter = Sifter(store.documents, curator, store.erasures.is_barred)
    counts: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    failed: list[MicrotuneError] = []
    for source, places in _asked(store, only):
        one = SourcePass(store, source, few="" not in places)
        try:
            failed += _read_into(one, places, sifter, open_collector, progress)
            one.finish()
        except ConsentWithdrawn as withdrawn:
            failed.append(withdrawn)
            # forget the texts that were not kept
            sifter = Sifter(store.documents, curator, store.erasures.is_barred)
        counts += one.counts
        skipped += one.skipped
    store.received.expire(datetime.now(UTC))
    store.documents.pack()
    return Collected(
        new=counts["new"],
        updated=counts["updated"],
        total=store.documents.count(),
        skipped=dict(sorted(skipped.items())),
        seconds=time.monotonic() - began,
        failed=tuple(failed),
        retired=counts["retired"],
        received=counts["received"],
    )


def _asked(store: Store, only: Sequence[Change] | None) -> Iterator[tuple[Source, tuple[str, ...]]]:
    """The sources to read, and where in them; a place "" stands for all of a source."""
    for source in store.sources.to_read():
        changes = [change.place for change in only or () if change.source == source.id]
        places = ("",) if only is None or "" in changes else tuple(dict.fromkeys(changes))
        if places:
            yield source, places


def _read_into(
    one: SourcePass,
    places: tuple[str, ...],
    sifter: Sifter,
    open_collector: OpenCollector,
    progress: ShowProgress | None,
) -> list[MicrotuneError]:
    """Read a source to its end, or to the problem that is returned."""
    try:
        collector = open_collector(one.source)
    except MicrotuneError as error:
        return [error]
    holds = collector.holds if isinstance(collector, PlaceCollector) else _cannot_tell
    with closing(_items(collector, places, one.marks)) as items:
        for number, item in enumerate(items, start=1):
            if isinstance(item, MicrotuneError):
                return [item]
            _take(item, one, sifter, holds)
            one.commit_if_due()
            if progress:
                progress(one.source.place, number)
    return []


def _items(
    collector: Collector, places: tuple[str, ...], marks: Mapping[str, str]
) -> Generator[Found | Skip | Mark | MicrotuneError, None, None]:
    """A collector's items; its failure comes as a last item, apart from failures of the store."""
    try:
        if "" in places or not isinstance(collector, PlaceCollector):
            yield from collector.collect(marks)
            return
        for place in places:
            yield from collector.collect_at(place, marks)
    except MicrotuneError as error:
        yield error
    except Exception as error:
        _log.debug("collector failed", exc_info=True)
        yield MicrotuneError(
            f"reading {collector.source.place} stopped ({type(error).__name__}: {error})",
            "What was read is kept. Check that the place is still there, then collect again.",
        )


def _take(item: Found | Skip | Mark, one: SourcePass, sifter: Sifter, holds: Holds) -> None:
    """Put one item into the batch."""
    if isinstance(item, Mark):
        one.mark(item)
        return
    if isinstance(item, Answers):
        one.answer(item)
    if isinstance(item, Skip):
        if item.reason:
            one.skip(item)
        return
    if item.answers and not isinstance(item, Incoming):
        one.answer(Answers(item.place, answers=item.answers, written=item.written))
    sifted = _sift(item, one.source, sifter, holds)
    if isinstance(sifted, Skip):
        one.skip(sifted)
    elif isinstance(sifted, Message):
        one.receive(sifted)
    elif isinstance(sifted, Moved):
        one.move(sifted)
    elif sifted is not None:
        one.keep(sifted)


def _sift(
    found: Found, source: Source, sifter: Sifter, holds: Holds
) -> Kept | Moved | Message | Skip | None:
    """One text that trips a bug of ours is counted and costs the other texts nothing.

    Nothing but messages comes from an inbox, and no message from anywhere else.
    """
    if isinstance(found, Incoming) != source.context:
        return Skip(found.place, INTERNAL_ERROR, "a message out of its place")
    try:
        if isinstance(found, Incoming):
            return message_of(source.id, storable(found), datetime.now(UTC))
        return sifter.sift(source.id, storable(found), holds)
    except MicrotuneError:  # the store's: it concerns all texts
        raise
    except Exception as error:
        _log.debug("could not sift %r", found.place, exc_info=True)
        if is_of_the_machine(error):  # passed over now, a text would never be read again
            raise MicrotuneError(
                f"reading {source.place} stopped ({error})",
                "What was read is kept. Close other programs and check the disk, then try again.",
            ) from error
        return Skip(found.place, INTERNAL_ERROR, f"{type(error).__name__}: {error}")


def _cannot_tell(place: str) -> bool:
    return True
