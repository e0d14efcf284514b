"""What came of each source so far: its texts in use, and what of it was left out, by reason.

Counts come from the store, reasons from the ledger's lines of finished passes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from microtune.ledger import Line
from microtune.store import Store
from microtune.words import INTEREST, Source


@dataclass(frozen=True, slots=True)
class Gathered:
    """`texts` and `words` are the owner's own; `interests` are pages that they read, `received`
    others' messages. `last_new`: the day of the last pass that brought something, "" for none."""

    source: Source
    paused: bool
    texts: int
    words: int
    interests: int
    received: int
    last_new: str
    left_out: Mapping[str, int]


def gathered(store: Store) -> tuple[Gathered, ...]:
    """Of every source with consent, oldest first."""
    counts, paused = store.documents.count_by_source(), store.sources.paused()
    left_out, last_new = _passes(store.ledger.lines())
    found = []
    for source in store.sources.all():
        kinds = counts.get(source.id, {})
        own = [count for kind, count in kinds.items() if kind != INTEREST]
        found.append(
            Gathered(
                source,
                source.id in paused,
                texts=sum(texts for texts, _ in own),
                words=sum(words for _, words in own),
                interests=kinds.get(INTEREST, (0, 0))[0],
                received=len(store.received.of_source(source.id)) if source.context else 0,
                last_new=last_new.get(source.id, ""),
                left_out=dict(left_out[source.id].most_common()) if source.id in left_out else {},
            )
        )
    return tuple(found)


def all_left_out(sources: Iterable[Gathered]) -> dict[str, int]:
    """Over all sources, the most frequent reason first."""
    total: Counter[str] = Counter()
    for one in sources:
        total.update(one.left_out)
    return dict(total.most_common())


def _passes(lines: Iterable[Line]) -> tuple[dict[str, Counter[str]], dict[str, str]]:
    """(source → reason → how many, source → day), both since its consent was last given."""
    left_out: dict[str, Counter[str]] = {}
    last_new: dict[str, str] = {}
    for line in lines:
        if line.event == "source added":
            left_out[str(line.facts.get("source"))] = Counter()
        elif line.event in ("collected", "received"):
            source, skipped = str(line.facts.get("source")), line.facts.get("skipped")
            last_new[source] = line.at[:10]
            if isinstance(skipped, dict):
                left_out.setdefault(source, Counter()).update(skipped)
    return left_out, last_new
