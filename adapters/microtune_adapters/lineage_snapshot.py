"""What a run sees that goes on from an adapter: the texts new to it, and a few of the old ones.

How much that is depends on what was written since, not on the size of the archive. No text that
the adapter, or one before it, has seen measures the run, nor does a newer version of such a text,
nor one that it knows something of from preference pairs; none that it was fitted to steers it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from microtune.curation.split import FEWEST_VALIDATION, split_by_time, validation_slice
from microtune.store import Store
from microtune.words import Document
from microtune_adapters.lineage import Ancestor, newer_versions
from microtune_adapters.preferences import told_by_pairs
from microtune_adapters.replay import replayed
from microtune_adapters.training_data import Snapshot

REPLAY_WORDS = 3_000  # at least, however little is new
WATCHED_WORDS = 4_000  # of the newest validation texts: about what a run's validation holds


@dataclass(frozen=True, slots=True)
class Continuation:
    """The documents of a run that goes on from an adapter. `old_words`: in use, and known to it."""

    snapshot: Snapshot
    new: tuple[Document, ...]
    replayed: tuple[Document, ...]
    old_words: int

    @property
    def new_words(self) -> int:
        return _words(self.new)


def continuation(store: Store, ancestor: Ancestor) -> Continuation:
    """Split what is in the store now around what `ancestor` has seen.

    Held out are as many texts as in a run from scratch, the newest unseen ones; fewer, perhaps
    none, where texts were withdrawn. Raises `MicrotuneError` for fewer than twenty documents.
    """
    live = tuple(store.documents.live())
    seen = ancestor.fitted | ancestor.watched
    newer = (newer_versions(store, seen) | told_by_pairs(store, ancestor.card.id)) - seen
    unseen = [d for d in live if d.id not in seen and d.id not in newer]
    heldout = unseen[-len(split_by_time(live).heldout) :]
    fresh = unseen[: -len(heldout)] if heldout else []
    old, steered = _those(live, ancestor.fitted), ancestor.watched - ancestor.fitted
    steering = steered | _drawn(_those(live, steered), fresh)
    new = _those(live, newer | _ids(fresh) - steering)
    again = replayed(old, max(_words(new), REPLAY_WORDS), seed=ancestor.card.id)
    train, validation = _those(live, _ids(old) | _ids(new)), _those(live, steering)
    snapshot = Snapshot(
        train,
        validation,
        tuple(heldout),
        studied=_those(train, _ids(new) | _ids(again)),
        watched=_newest(validation, WATCHED_WORDS),
        gone={
            "train": tuple(sorted(ancestor.fitted - _ids(train))),
            "validation": tuple(sorted(steered - _ids(validation))),
        },
    )
    return Continuation(snapshot, new, tuple(again), _words(old))


def _drawn(steered: Sequence[Document], fresh: Sequence[Document]) -> frozenset[str]:
    """Which fresh texts steer training too: never all of them, as long as others do."""
    drawn = _ids(validation_slice([*steered, *fresh])[1])
    enough = len(steered) >= FEWEST_VALIDATION
    return frozenset() if enough and _ids(fresh) <= drawn else drawn & _ids(fresh)


def _newest(documents: Sequence[Document], words: int) -> tuple[Document, ...]:
    """The newest of them with as many words together, and never fewer than validation needs."""
    count = 0
    for document in reversed(documents):
        if words <= 0 and count >= FEWEST_VALIDATION:
            break
        count, words = count + 1, words - document.words
    return tuple(documents[len(documents) - count :])


def _those(documents: Sequence[Document], ids: Collection[str]) -> tuple[Document, ...]:
    return tuple(document for document in documents if document.id in ids)


def _ids(documents: Iterable[Document]) -> frozenset[str]:
    return frozenset(document.id for document in documents)


def _words(documents: Sequence[Document]) -> int:
    return sum(document.words for document in documents)
