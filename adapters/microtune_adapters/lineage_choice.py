"""What a run does, begun now or before: go on from the active adapter, or train from scratch.

It reads the store and the library and changes nothing.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from microtune.curation.split import FEWEST_HELDOUT
from microtune.runs import Run
from microtune.store import Store
from microtune_adapters import backends
from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.library import Library
from microtune_adapters.lineage import Ancestor, Lineage, NothingNew, ancestor_of
from microtune_adapters.lineage_snapshot import Continuation, continuation
from microtune_adapters.lora_weights import LoraWeights
from microtune_adapters.preferences import Pairs, learned_by, recalled_pairs, split_pairs, usable
from microtune_adapters.recipes import Recipe, choose_recipe, continued
from microtune_adapters.training_data import Snapshot, recall_snapshot, take_snapshot

ANEW_EVERY = 8  # so that small losses of one run after the other do not add up


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a run. A `seed` asks for another adapter, so it is trained anew; `edits`: it
    learns from preference pairs too."""

    minutes: float
    seed: int | None = None
    anew: bool = False
    anew_every: int = ANEW_EVERY
    edits: bool = False


@dataclass(frozen=True, slots=True)
class Intent:
    """What a run will train on, how, and from where it starts."""

    snapshot: Snapshot
    recipe: Recipe
    lineage: Lineage
    pairs: Pairs = field(default_factory=Pairs)


def intent(store: Store, library: Library, base: BaseFile, wish: Wish) -> Intent:
    """What a run begun now would do. Texts decide that; it learns from pairs along with them.

    Raises `NothingNew` where it would go on from an adapter that has seen all there is, and
    `MicrotuneError` for too little text.
    """
    chosen = _by_texts(store, library, base, wish)
    return replace(chosen, pairs=_pairs(store, chosen, wish))


def _pairs(store: Store, chosen: Intent, wish: Wish) -> Pairs:
    parent, snapshot = chosen.lineage.parent, chosen.snapshot
    inherited = learned_by(store, parent) if parent else {}
    if not wish.edits:
        return Pairs(inherited=inherited)
    apart = (document.text for document in (*snapshot.heldout, *snapshot.validation))
    trained = (document.text for document in snapshot.train)
    return split_pairs(usable(store), apart, trained, inherited)


def _by_texts(store: Store, library: Library, base: BaseFile, wish: Wish) -> Intent:
    if wish.anew or wish.seed is not None:
        return _anew(store, base, wish, "asked for")
    ancestor = ancestor_of(store, library, base)
    if isinstance(ancestor, str):
        return _anew(store, base, wish, ancestor)
    found = continuation(store, ancestor)
    recipe = _recipe(base, wish, found.snapshot.words)
    if not _same_shape(ancestor.weights, recipe, base):
        return _anew(store, base, wish, "the recipe's shape changed")
    if len(found.snapshot.heldout) < FEWEST_HELDOUT:
        return _anew(store, base, wish, "too few texts are left that the active adapter never saw")
    if not found.new:
        raise NothingNew(ancestor.card.id)
    why = _reason_to_start_over(store, base, ancestor, found, wish)
    return _anew(store, base, wish, why) if why else _continued(ancestor, found, recipe)


def recorded(intent: Intent, base: BaseFile) -> dict[str, Any]:
    """What a run's record keeps of its intent, besides the roles of documents."""
    seen = {"seen": intent.snapshot.seen()} if intent.lineage.parent else {}
    return {
        **intent.recipe.to_dict(),
        "base_sha256": base.sha256,
        "lineage": intent.lineage.to_dict(),
        **seen,
    }


def recall_intent(store: Store, run: Run, base: BaseFile) -> Intent | None:
    """What a run that was begun was to do; None where that is no longer possible."""
    kept: dict[str, Any] = dict(run.recipe)
    same_base = kept.pop("base_sha256", "") == base.sha256
    lineage = Lineage.from_dict(kept.pop("lineage", None))
    snapshot = recall_snapshot(store, run.id, kept.pop("seen", None))
    recipe = Recipe.from_dict(kept)
    if not (same_base and lineage and snapshot and recipe):
        return None
    return Intent(snapshot, recipe, lineage, recalled_pairs(store, run.id))


def _anew(store: Store, base: BaseFile, wish: Wish, why: str) -> Intent:
    snapshot = take_snapshot(store)
    lineage = Lineage(why=why, new_documents=len(snapshot.train))
    return Intent(snapshot, _recipe(base, wish, snapshot.words), lineage)


def _continued(ancestor: Ancestor, found: Continuation, recipe: Recipe) -> Intent:
    before = ancestor.lineage
    lineage = Lineage(
        how="continued",
        why="new texts",
        parent=ancestor.card.id,
        generation=before.generation + 1,
        new_documents=len(found.new),
        replayed=len(found.replayed),
    )
    seed = int(ancestor.card.recipe.get("seed", 0)) + 1  # old texts come with other prompts
    return Intent(found.snapshot, continued(recipe, seed), lineage)


def _recipe(base: BaseFile, wish: Wish, words: int) -> Recipe:
    recipe = choose_recipe(
        words=words,
        parameters=base.parameters,
        context=base.context_length,
        minutes=wish.minutes,
        seed=wish.seed or 0,
    )
    return backends.computed_here(backends.chosen(), base, recipe)


def _same_shape(weights: LoraWeights, recipe: Recipe, base: BaseFile) -> bool:
    """Whether training by `recipe` can go on from these weights."""
    targets = {name.rpartition(".")[2] for name in weights.projections}
    return (weights.rank, weights.scale, targets, weights.layers) == (
        recipe.rank,
        recipe.alpha / recipe.rank,
        set(recipe.targets),
        list(recipe.adapted(base.layers)),
    )


def _reason_to_start_over(
    store: Store, base: BaseFile, ancestor: Ancestor, found: Continuation, wish: Wish
) -> str:
    """Why to train from scratch although going on is possible; "" where nothing speaks for it.

    Where the last run from scratch was rejected, nothing does: it would be again.
    """
    last = _last_rejected(store, base)
    if last and last.how == "anew":
        return ""
    if last and last.parent == ancestor.card.id:
        return "going on from the active adapter made none that was fit"
    if ancestor.lineage.generation + 1 >= wish.anew_every:
        return f"every {wish.anew_every}th run does"
    if found.new_words > found.old_words:
        return "more is new than old"
    return ""


def _last_rejected(store: Store, base: BaseFile) -> Lineage | None:
    """The lineage of the newest run that was judged, if it was rejected."""

    def judged(run: Run) -> bool:
        return run.state in ("promoted", "rejected") and (
            run.recipe.get("base_sha256") == base.sha256
        )

    last = next(filter(judged, store.runs.all()), None)
    rejected = last is not None and last.state == "rejected"
    return Lineage.from_dict(last.recipe.get("lineage")) if last and rejected else None
