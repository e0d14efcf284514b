"""Measures an adapter that is in the library on the texts that are held out now.

What the adapter was trained on is left out even where it has become one of the newest texts.
"""

from collections.abc import Callable

from microtune.contracts import Engine
from microtune.errors import MicrotuneError
from microtune.store import Store
from microtune_adapters.cards import Card
from microtune_adapters.evaluation import Measurement, score_documents, spread, summarise
from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.library import Library
from microtune_adapters.lineage import newer_versions, seen_by
from microtune_adapters.pair_measuring import PairMeasurement, asked_pairs, measure_pairs
from microtune_adapters.preferences import learned_by, told_by_pairs, unknown_to
from microtune_adapters.training_data import nearest_in, take_snapshot


def measure_adapter(
    store: Store,
    library: Library,
    card: Card | None,
    base: BaseFile,
    engine: Engine,
    report: Callable[[int, int], None],
) -> Measurement:
    """All four conditions; without an adapter the two of the base.

    Raises `MicrotuneError` for an adapter of another base, for one that was erased, or when
    nothing is held out.
    """
    if card is not None:
        card.require_weights()
        card.require_base(base.sha256, base.name)
    snapshot = take_snapshot(store)
    seen = trained_on(store, card)
    heldout = [d for d in snapshot.heldout if d.id not in seen]
    if not heldout:
        raise MicrotuneError(
            "every text that is held out now was seen by this adapter",
            "Collect newer texts, or run `microtune train`.",
        )
    folder = library.path(card.id) if card else None
    nearest = nearest_in(store, snapshot.train)
    return summarise(score_documents(engine, spread(heldout), nearest, folder, report))


def measure_on_pairs(
    store: Store, library: Library, card: Card, engine: Engine, report: Callable[[int, int], None]
) -> PairMeasurement | None:
    """The bare base and an adapter on pairs of which it has learned nothing; None for too few."""
    seen = seen_by(store, card.id, "train") | seen_by(store, card.id, "validation")
    trained = (document.text for document in store.documents.live() if document.id in seen)
    fresh = unknown_to(store, card.id, trained)
    asked = asked_pairs(store, fresh, take_snapshot(store).train) if fresh else []
    learned = len(learned_by(store, card.id))
    return measure_pairs(engine, asked, None, library.path(card.id), learned, report)


def trained_on(store: Store, card: Card | None) -> set[str]:
    """The ids of the documents that an adapter, or one that it comes from, was trained or
    validated on, of newer versions of them, and of texts that it knows something of from pairs."""
    if card is None:
        return set()
    seen = seen_by(store, card.id, "train") | seen_by(store, card.id, "validation")
    return {*seen, *newer_versions(store, seen), *told_by_pairs(store, card.id)}
