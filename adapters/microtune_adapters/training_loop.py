"""The training of a run: from what it has begun with to an adapter and what to compare it with.

What is trained on is planned once and kept in the run's folder, so that an interrupted run goes on
with the same. Knows nothing of what becomes of the adapter.
"""

import random
from collections.abc import Callable

from microtune.contracts import Trained
from microtune.store import Store
from microtune_adapters import backends
from microtune_adapters.chatml import ChatCodec
from microtune_adapters.engine import defaults
from microtune_adapters.fidelity import Reference
from microtune_adapters.general_texts import general_rows
from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.lineage_choice import Intent
from microtune_adapters.pair_rows import pair_rows
from microtune_adapters.preferences import passages_of
from microtune_adapters.rows import Rows
from microtune_adapters.run_folder import Plan, RunFolder
from microtune_adapters.run_values import Begun, Listener
from microtune_adapters.training_data import nearest_in, planned


def train_as_planned(
    store: Store, base_file: BaseFile, begun: Begun, folder: RunFolder, listener: Listener
) -> tuple[Trained, Reference]:
    """Train, or go on with it. Raises what `microtune.contracts.Trainer` raises."""
    from microtune_adapters.reference import take_reference

    listener.stage("loading the base for training")
    back_end = backends.chosen()
    base, recipe, snapshot = (
        backends.load_to_train(back_end, base_file, begun.intent.recipe),
        begun.intent.recipe,
        begun.intent.snapshot,
    )
    kept = folder.load()
    pairs = kept.pairs if kept else learned_pairs(store, begun.intent, base.codec)
    general = general_rows(base.codec, recipe.row)
    trainer = backends.make_trainer(
        back_end, base, recipe, folder.path, begun.start, pairs, general
    )
    plan = kept or _planned(store, begun, base.codec, pairs, trainer.calibrate, folder, listener)
    listener.stage("training")
    trained = trainer.train(
        plan.rows, plan.validation, plan.steps, listener.progress, listener.stop
    )
    context = min(defaults.CONTEXT, base_file.context_length)
    nearest = nearest_in(store, snapshot.train)
    return trained, take_reference(trainer, base.codec, snapshot.heldout, nearest, context)


def _planned(
    store: Store,
    begun: Begun,
    codec: ChatCodec,
    pairs: Rows,
    step_seconds: Callable[[Rows], float],
    folder: RunFolder,
    listener: Listener,
) -> Plan:
    listener.stage("making examples")
    snapshot, recipe = begun.intent.snapshot, begun.intent.recipe
    nearest = nearest_in(store, snapshot.train)
    plan = planned(codec, snapshot, nearest, recipe, pairs, step_seconds)
    folder.save(plan)
    return plan


def learned_pairs(store: Store, intent: Intent, codec: ChatCodec) -> Rows:
    """The pairs that teach, in an order of the recipe's seed: a short run sees some of all."""
    among = {document.id for document in intent.snapshot.train}
    taught = list(intent.pairs.train)
    random.Random(intent.recipe.seed).shuffle(taught)
    passages = lambda pair: passages_of(store, pair, among)  # noqa: E731
    return pair_rows(codec, taught, passages, intent.recipe.row)
