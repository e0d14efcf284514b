"""One pass over all consented sources: read, sift, store.

What a batch found, the marks that say how far its source was read, and its counts commit
together. So a pass killed at any moment has lost nothing, and the next goes on where it was.
It knows nothing of kinds of sources; collectors are handed in.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass

from microtune.contracts import Collector
from microtune.curation.curator import Curator
from microtune.errors import MicrotuneError
from microtune.sifting import Kept, Sifter, storable
from microtune.source_pass import INTERNAL_ERROR, ConsentWithdrawn, SourcePass
from microtune.store import Store
from microtune.words import Found, Mark, Skip, Source

_log = logging.getLogger(__name__)

OpenCollector = Callable[[Source], Collector]
ShowProgress = Callable[[str, int], None]  # the source's place, items read in it so far


@dataclass(frozen=True, slots=True)
class Collected:
    """What a pass did. `skipped` counts by reason; `failed` are sources that could not be read."""

    new: int
    updated: int
    total: int  # documents in use, over all sources
    skipped: Mapping[str, int]
    seconds: float
    failed: tuple[MicrotuneError, ...] = ()


def collect(
    store: Store,
    open_collector: OpenCollector,
    curator: Curator,
    progress: ShowProgress | None = None,
) -> Collected:
    """Read what is new in every consented source.

    A source that cannot be read goes to `failed` and the others are read all the same. Raises
    `MicrotuneError` only if the store itself cannot be written; what it committed stays.
    """
    began = time.monotonic()
    sifter = Sifter(store.documents, curator)
    counts: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    failed: list[MicrotuneError] = []
    for source in store.sources.all():
        one = SourcePass(store, source)
        try:
            failed += _read_into(one, sifter, open_collector, progress)
            one.finish()
        except ConsentWithdrawn as withdrawn:
            failed.append(withdrawn)
            sifter = Sifter(store.documents, curator)  # forget the texts that were not kept
        counts += one.counts
        skipped += one.skipped
    return Collected(
        new=counts["new"],
        updated=counts["updated"],
        total=store.documents.count(),
        skipped=dict(sorted(skipped.items())),
        seconds=time.monotonic() - began,
        failed=tuple(failed),
    )


def _read_into(
    one: SourcePass, sifter: Sifter, open_collector: OpenCollector, progress: ShowProgress | None
) -> list[MicrotuneError]:
    """Read a source to its end, or to the problem that is returned."""
    with closing(_items(one.source, open_collector, one.marks)) as items:
        for number, item in enumerate(items, start=1):
            if isinstance(item, MicrotuneError):
                return [item]
            _take(item, one, sifter)
            one.commit_if_due()
            if progress:
                progress(one.source.place, number)
    return []


def _items(
    source: Source, open_collector: OpenCollector, marks: Mapping[str, str]
) -> Generator[Found | Skip | Mark | MicrotuneError, None, None]:
    """A collector's items; its failure comes as a last item, apart from failures of the store."""
    try:
        yield from open_collector(source).collect(marks)
    except MicrotuneError as error:
        yield error
    except Exception as error:
        _log.debug("collector failed", exc_info=True)
        yield MicrotuneError(
            f"reading {source.place} stopped ({type(error).__name__}: {error})",
            "What was read is kept. Check that the place is still there, then collect again.",
        )


def _take(item: Found | Skip | Mark, one: SourcePass, sifter: Sifter) -> None:
    """Put one item into the batch."""
    if isinstance(item, Mark):
        one.mark(item)
    elif isinstance(item, Skip):
        one.skip(item)
    else:
        sifted = _sift(item, one.source, sifter)
        if isinstance(sifted, Skip):
            one.skip(sifted)
        elif sifted is not None:
            one.keep(sifted)


def _sift(found: Found, source: Source, sifter: Sifter) -> Kept | Skip | None:
    """One text that trips a bug of ours is counted and costs the other texts nothing."""
    try:
        return sifter.sift(source.id, storable(found))
    except MicrotuneError:  # the store's: it concerns all texts
        raise
    except Exception as error:
        _log.debug("could not sift %r", found.place, exc_info=True)
        return Skip(found.place, INTERNAL_ERROR, f"{type(error).__name__}: {error}")
