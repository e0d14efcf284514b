"""Lineage: from which adapter a run goes on, what that one has seen, and whether it may serve so.

The roles that a run records are those of everything its adapter was ever trained on, so one run
tells what a whole line of adapters has seen. Knows nothing of splits and recipes.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from microtune.curation import VERSION
from microtune.errors import MicrotuneError
from microtune.runs import Role
from microtune.store import Store
from microtune_adapters.cards import Card
from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.library import Library
from microtune_adapters.lora_weights import LoraWeights
from microtune_adapters.peft_format import read_peft

How = Literal["anew", "continued"]


class NothingNew(MicrotuneError):
    """The active adapter has seen all that there is to train on; nothing went wrong."""

    exit_code = 0

    def __init__(self, adapter: str) -> None:
        super().__init__(
            f"Nothing new since adapter {adapter}",
            "Use `microtune train --anew` to train from scratch.",
        )
        self.adapter = adapter


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where an adapter comes from. `why` it was trained so; `generation` counts the runs since the
    last one from scratch; `curation` is the version that its texts went through.

    Documents: `new_documents` were trained on for the first time, `replayed` ones again.
    """

    how: How = "anew"
    why: str = ""
    parent: str = ""
    generation: int = 0
    new_documents: int = 0
    replayed: int = 0
    curation: int = VERSION

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: object) -> "Lineage | None":
        """What `to_dict` gave; None for anything else."""
        if not isinstance(values, Mapping) or values.keys() != {f.name for f in fields(cls)}:
            return None
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Ancestor:
    """The adapter to go on from. `fitted` and `watched` are the ids of all documents that it, or
    one that it comes from, was trained and validated on."""

    card: Card
    lineage: Lineage
    weights: LoraWeights
    fitted: frozenset[str]
    watched: frozenset[str]


def ancestor_of(store: Store, library: Library, base: BaseFile) -> Ancestor | str:
    """The active adapter, or why no run can go on from it. Raises `MicrotuneError` where the disk
    fails, which says nothing against the adapter."""
    card = library.active()
    if card is None:
        return "no adapter is active"
    if card.base_sha256 != base.sha256:
        return "the active adapter is of another base"
    if card.foreign:
        return "another program made the active adapter"
    lineage = Lineage.from_dict(card.lineage)
    if lineage is None:
        return "an earlier microtune made the active adapter"
    if lineage.curation != VERSION:
        return "texts are curated otherwise than for the active adapter"
    fitted, watched = (seen_by(store, card.id, role) for role in ("train", "validation"))
    if not fitted:
        return "what the active adapter was trained on is not known here"
    if withdrawn(store, fitted):
        return "some texts of the active adapter are withdrawn"
    try:
        weights = read_peft(library.path(card.id))
    except MicrotuneError as error:
        if error.of_the_disk:
            raise
        return error.what
    return Ancestor(card, lineage, weights, fitted, watched)


def start_of(library: Library, lineage: Lineage) -> LoraWeights | None:
    """The weights of the adapter that a run goes on from, None from scratch. Raises
    `MicrotuneError` where it is gone or damaged."""
    return read_peft(library.path(lineage.parent)) if lineage.parent else None


def seen_by(store: Store, adapter: str, role: Role) -> frozenset[str]:
    """The ids of the documents that had this role for an adapter or for one before it."""
    runs = [run.id for run in store.runs.all() if run.adapter == adapter]
    return frozenset(id for run in runs for id in store.runs.documents(run, role))


def withdrawn(store: Store, ids: frozenset[str]) -> bool:
    """Whether one of these documents left use without a newer version at its place."""
    return any(newer is None for newer in _newer_versions(store, ids))


def newer_versions(store: Store, ids: frozenset[str]) -> frozenset[str]:
    """The ids of the live documents that took the place of one of these."""
    return frozenset(id for id in _newer_versions(store, ids) if id)


def _newer_versions(store: Store, ids: frozenset[str]) -> list[str | None]:
    """For each of these documents that is no longer live, the live one at its place."""
    gone = (id for id in ids if not store.documents.is_live(id))
    left = (store.documents.get(id) for id in gone)
    return [store.documents.at(document.source, document.place) for document in left]
