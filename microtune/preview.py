"""What a pass over a source would take and drop, found without keeping anything.

The same collector, curation and duplicates as in a pass, against a store that holds nothing. It
knows nothing of kinds of sources, and holds no more than the samples.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from microtune.contracts import Collector
from microtune.curation.curator import Curator
from microtune.messages import Message
from microtune.receiving import message_of
from microtune.sifting import Kept, Sifter, storable
from microtune.words import Found, Incoming, Mark, Skip

MOST_ITEMS = 5000
LONGEST_S = 30.0
SAMPLES = 10
BEGINNING = 200  # characters of a text that a sample shows


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a text; `reason`: why it is dropped, "" where it is taken.

    `text` is "" for what was dropped before it was read as a text.
    """

    place: str
    text: str
    written: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """`taken` and `words`: texts (of an inbox, messages) and their words; `dropped`: how many for
    each reason.

    `stopped`: there was more than the preview looked at, which was `items`.
    """

    taken: int
    words: int
    dropped: Mapping[str, int]
    items: int
    stopped: bool
    samples: tuple[Sample, ...]


@dataclass(slots=True)
class _Urn:
    """An even choice of the samples seen, however many (Vitter 1985, algorithm R)."""

    size: int
    seen: int = 0
    held: list[Sample] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def put(self, sample: Sample) -> None:
        self.seen += 1
        if len(self.held) < self.size:
            self.held.append(sample)
        elif (at := self.chance.randrange(self.seen)) < self.size:
            self.held[at] = sample


def preview(
    collector: Collector,
    curator: Curator,
    most_items: int = MOST_ITEMS,
    clock: Callable[[], float] = time.monotonic,
) -> Preview:
    """Look at up to `most_items` items of a source, for half a minute at most.

    Raises `MicrotuneError` if the source cannot be read.
    """
    began, sifter = clock(), Sifter(NothingKept(), curator)
    taken, dropped = _Urn(SAMPLES), _Urn(SAMPLES)
    reasons: Counter[str] = Counter()
    items = words = 0
    stopped = False
    for item in collector.collect({}):
        if isinstance(item, Mark):
            continue
        if items >= most_items or clock() - began > LONGEST_S:
            stopped = True
            break
        items += 1
        outcome = _judge(item, collector.source.id, sifter)
        if isinstance(outcome, Kept | Message):
            text = outcome.document.text if isinstance(outcome, Kept) else outcome.text
            words += len(text.split())
            taken.put(_sample(item, text))
        elif isinstance(outcome, Skip):
            reasons[outcome.reason] += 1
            text = item.text if isinstance(item, Found) else outcome.detail
            dropped.put(_sample(item, text, outcome.reason))
    samples = _choose(taken.held, dropped.held)
    return Preview(taken.seen, words, dict(sorted(reasons.items())), items, stopped, samples)


def _judge(item: Found | Skip, source_id: str, sifter: Sifter) -> object:
    if isinstance(item, Incoming):
        return message_of(source_id, storable(item), datetime.now(UTC))
    return item if isinstance(item, Skip) else sifter.sift(source_id, storable(item))


def _sample(item: Found | Skip, text: str, reason: str = "") -> Sample:
    written = item.written if isinstance(item, Found) else None
    return Sample(item.place, text[:BEGINNING], written, reason)


def _choose(taken: list[Sample], dropped: list[Sample]) -> tuple[Sample, ...]:
    """Ten of both: half of each, more of one where the other has fewer."""
    few = min(len(dropped), max(SAMPLES // 2, SAMPLES - len(taken)))
    return (*taken[: SAMPLES - few], *dropped[:few])


class NothingKept:
    """The twin of `Documents` that holds nothing."""

    def at(self, source_id: str, place: str) -> str | None:
        return None

    def is_live(self, document_id: str, own: bool = False) -> bool:
        return False

    def whereabouts(self, document_id: str) -> tuple[str, str] | None:
        return None

    def signatures(self) -> Iterable[tuple[str, bytes]]:
        return ()

    def candidates(self, signature: bytes, share: float) -> Iterable[tuple[str, bytes]]:
        return ()
