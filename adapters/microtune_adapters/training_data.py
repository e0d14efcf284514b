"""What a run trains and is measured on: the split documents, and the rows made of them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice

from microtune.curation.split import split_by_time, validation_slice
from microtune.runs import Role
from microtune.store import Store
from microtune.words import Document
from microtune_adapters.chatml import ChatCodec
from microtune_adapters.examples import (
    PASSAGES,
    Example,
    Nearest,
    heldout_examples,
    training_examples,
)
from microtune_adapters.recipes import Recipe
from microtune_adapters.rows import Encoded, Rows, encoded, packing, rows_of
from microtune_adapters.run_folder import Plan
from microtune_adapters.trainer_loop import looks

_WATCHED_ROWS = (4, 24)  # fewest and most: enough to see overfitting
_WATCHING = 0.1  # of the time of a run, that looking at them may take
_LOOK = 0.4  # of what a row costs in training


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The documents of a run by role, each in time order.

    `train` and `validation` are all that the run's adapter will have been trained and validated
    on. A run that goes on from an adapter sees only `studied` and `watched` of them; its adapter's
    texts that are no longer in use are `gone`, by role.
    """

    train: tuple[Document, ...]
    validation: tuple[Document, ...]
    heldout: tuple[Document, ...]
    studied: tuple[Document, ...]
    watched: tuple[Document, ...]
    gone: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)

    @property
    def words(self) -> int:
        """Words that this run trains on."""
        return sum(document.words for document in self.studied)

    def roles(self) -> dict[Role, list[str]]:
        """The ids of the documents by role, those that are gone too."""
        parts: dict[Role, tuple[Document, ...]]
        parts = {"train": self.train, "validation": self.validation, "heldout": self.heldout}
        return {
            role: [*(d.id for d in documents), *self.gone.get(role, ())]
            for role, documents in parts.items()
        }

    def seen(self) -> dict[str, list[str]]:
        """The ids of what this run itself sees, by role."""
        return {
            "train": [d.id for d in self.studied],
            "validation": [d.id for d in self.watched],
        }


def take_snapshot(store: Store) -> Snapshot:
    """Split what is in the store now. Raises `MicrotuneError` when there is too little."""
    split = split_by_time(list(store.documents.live()))
    training, validation = validation_slice(split.train)
    fitted, watched = tuple(training), tuple(validation)
    return Snapshot(fitted, watched, tuple(split.heldout), studied=fitted, watched=watched)


def recall_snapshot(
    store: Store, run: str, seen: Mapping[str, list[str]] | None = None
) -> Snapshot | None:
    """The snapshot of an earlier run, which saw all of it or what `seen` says (`Snapshot.seen`).

    None when a text that it saw or held out is no longer live.
    """
    live = {document.id: document for document in store.documents.live()}
    roles: tuple[Role, ...] = ("train", "validation", "heldout")
    ids = {role: frozenset(store.runs.documents(run, role)) for role in roles}
    studied, watched = (frozenset(seen[r] if seen else ids[r]) for r in roles[:2])
    if not studied | watched | ids["heldout"] <= live.keys():
        return None

    def those(wanted: Collection[str]) -> tuple[Document, ...]:
        return tuple(document for document in live.values() if document.id in wanted)

    return Snapshot(
        train=those(ids["train"]),
        validation=those(ids["validation"]),
        heldout=those(ids["heldout"]),
        studied=those(studied),
        watched=those(watched),
        gone={role: tuple(sorted(ids[role] - live.keys())) for role in roles[:2]},
    )


def nearest_in(store: Store, documents: tuple[Document, ...]) -> Nearest:
    """Retrieval among these documents alone."""
    allowed = {document.id for document in documents}

    def nearest(query: str, leave_out: str) -> list[str]:
        found = store.retrieval.nearest(query, PASSAGES, exclude={leave_out}, only=allowed)
        return [passage.text for passage in found]

    return nearest


def planned(
    codec: ChatCodec,
    snapshot: Snapshot,
    nearest: Nearest,
    recipe: Recipe,
    pairs: Rows,
    step_seconds: Callable[[Rows], float],
) -> Plan:
    """As many rows as fit into the recipe's minutes and epochs, and as many to watch as may be
    looked at beside them; `step_seconds` times one step, with one of the `pairs` where there are
    any. No more is made than is used."""
    made = _training_rows(codec, snapshot, nearest, recipe)
    first = list(islice(made, recipe.batch))
    seconds = recipe.minutes * 60 * (1 - _WATCHING)
    affordable = int(seconds / step_seconds(rows_of(first, recipe.row))) * recipe.batch
    rows = rows_of([*first, *islice(made, max(0, affordable - len(first)))], recipe.row)
    steps = max(1, len(rows) // recipe.batch)
    watched = islice(_watched_rows(codec, snapshot, nearest, recipe), _watched(steps, recipe))
    return Plan(rows, rows_of(list(watched), recipe.row), steps, pairs)


def _watched(steps: int, recipe: Recipe) -> int:
    """How many rows may be watched in a run of so many steps."""
    least, most = _WATCHED_ROWS
    allowed = _WATCHING * steps * recipe.batch / (_LOOK * looks(steps, recipe.decay))
    return max(least, min(most, int(allowed)))


def _training_rows(
    codec: ChatCodec, snapshot: Snapshot, nearest: Nearest, recipe: Recipe
) -> Iterator[list[Encoded]]:
    """Packed rows of the studied documents, epoch after epoch, each in its own order."""
    for epoch in range(recipe.epochs):
        made = training_examples(snapshot.studied, nearest, recipe.seed, epoch)
        yield from packing(_encode(codec, made, recipe.row), recipe.row)


def _watched_rows(
    codec: ChatCodec, snapshot: Snapshot, nearest: Nearest, recipe: Recipe
) -> Iterator[list[Encoded]]:
    """The validation documents, every other one with retrieved passages."""
    examples = chain.from_iterable(
        heldout_examples(d, nearest if i % 2 else None) for i, d in enumerate(snapshot.watched)
    )
    return packing(_encode(codec, examples, recipe.row), recipe.row)


def _encode(codec: ChatCodec, examples: Iterable[Example], row: int) -> Iterator[Encoded]:
    return (encoded(codec, example, row) for example in examples)
