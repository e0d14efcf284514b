"""What a run trains and is measured on: the split documents, and the rows made of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

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
from microtune_adapters.rows import Encoded, Rows, encoded, packed
from microtune_adapters.run_folder import Plan

_VALIDATION_ROWS = 24  # enough to see overfitting, little enough not to cost a tenth of the run


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The documents of a run by role, each in time order."""

    train: tuple[Document, ...]
    validation: tuple[Document, ...]
    heldout: tuple[Document, ...]

    @property
    def words(self) -> int:
        """Words that are trained on."""
        return sum(document.words for document in self.train)

    def roles(self) -> dict[Role, list[str]]:
        return {
            "train": [d.id for d in self.train],
            "validation": [d.id for d in self.validation],
            "heldout": [d.id for d in self.heldout],
        }


def take_snapshot(store: Store) -> Snapshot:
    """Split what is in the store now. Raises `MicrotuneError` when there is too little."""
    split = split_by_time(list(store.documents.live()))
    training, validation = validation_slice(split.train)
    return Snapshot(tuple(training), tuple(validation), tuple(split.heldout))


def recall_snapshot(store: Store, run: str) -> Snapshot | None:
    """The snapshot of an earlier run; None when one of its texts is no longer live."""
    live = {document.id: document for document in store.documents.live()}
    parts = []
    for role in ("train", "validation", "heldout"):
        ids = set(store.runs.documents(run, role))
        if not ids <= live.keys():
            return None
        parts.append(tuple(d for d in live.values() if d.id in ids))
    return Snapshot(*parts)


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
    step_seconds: Callable[[Rows], float],
) -> Plan:
    """As many rows as fit into the recipe's minutes and epochs; `step_seconds` times one step."""
    rows = training_rows(codec, snapshot, nearest, recipe, 0)
    affordable = int(recipe.minutes * 60 / step_seconds(rows)) * recipe.batch
    for epoch in range(1, recipe.epochs):
        if len(rows) >= affordable:
            break
        rows = rows.joined(training_rows(codec, snapshot, nearest, recipe, epoch))
    rows = rows.take(slice(0, max(recipe.batch, affordable)))
    validation = validation_rows(codec, snapshot, nearest, recipe)
    return Plan(rows, validation, max(1, len(rows) // recipe.batch))


def training_rows(
    codec: ChatCodec, snapshot: Snapshot, nearest: Nearest, recipe: Recipe, epoch: int
) -> Rows:
    """One epoch of the training documents, packed in this epoch's order."""
    made = training_examples(snapshot.train, nearest, recipe.seed, epoch)
    return packed(_encode(codec, made, recipe.row), recipe.row)


def validation_rows(codec: ChatCodec, snapshot: Snapshot, nearest: Nearest, recipe: Recipe) -> Rows:
    """The validation documents, every other one with retrieved passages."""
    examples = chain.from_iterable(
        heldout_examples(d, nearest if i % 2 else None) for i, d in enumerate(snapshot.validation)
    )
    rows = packed(_encode(codec, examples, recipe.row), recipe.row)
    return rows.take(slice(0, _VALIDATION_ROWS))


def _encode(codec: ChatCodec, examples: Iterable[Example], row: int) -> Iterator[Encoded]:
    return (encoded(codec, example, row) for example in examples)
