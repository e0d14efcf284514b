"""Adapters that are active as if training had made them, with the runs that tell what they saw."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from microtune.store import Store
from microtune.words import Document
from microtune_adapters.cards import Card
from microtune_adapters.gguf_adapter import export_gguf
from microtune_adapters.gguf_inspect import inspect_base
from microtune_adapters.gguf_origin import ADAPTER_FILE
from microtune_adapters.library import Library
from microtune_adapters.lineage import Ancestor, Lineage
from microtune_adapters.lineage_choice import Intent, recorded
from microtune_adapters.peft_format import write_peft
from microtune_adapters.recipes import choose_recipe
from microtune_adapters.training_data import take_snapshot
from tests.adapters.cards import card_for
from tests.tiny import tiny_lora


def made(
    store: Store, base_file: Path, work: Path, lineage: Lineage | None = None, rank: int = 0
) -> str:
    """An active adapter, of the recipe's shape unless `rank` is given, of what is in `store`."""
    base, library = inspect_base(base_file), Library(store.home.adapters)
    recipe = choose_recipe(words=1, parameters=base.parameters, context=512, minutes=1)
    rank, alpha = rank or recipe.rank, recipe.alpha if not rank else 2 * rank
    write_peft(work, tiny_lora(store.documents.count(), rank, alpha), "tiny")
    export_gguf(work, base, work / ADAPTER_FILE)
    lineage = lineage or Lineage()
    card = replace(card_for(base_file), lineage=lineage.to_dict(), recipe=recipe.to_dict())
    id = library.admit(work, card)
    library.promote(id)
    snapshot = take_snapshot(store)
    kept = recorded(Intent(snapshot, recipe, lineage), base)
    run = store.runs.start(kept, snapshot.roles())
    store.runs.finish(run.id, "promoted", "", id)
    return id


def ancestor(fitted: Iterable[str], watched: Iterable[str] = (), id: str = "a" * 12) -> Ancestor:
    """An adapter that has seen these documents; it lies nowhere."""
    card = Card("", "", "tiny", "", documents=0, words=0, id=id)
    return Ancestor(card, Lineage(), tiny_lora(), frozenset(fitted), frozenset(watched))


def ids(documents: Iterable[Document]) -> set[str]:
    return {document.id for document in documents}
