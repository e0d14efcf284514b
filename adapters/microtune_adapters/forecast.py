"""How long a run would take here, by trying a little of all that it does and keeping none of it.

Foretold is a run that sees all its steps and is promoted: whether it stops early or is rejected is
known when it has trained. Knows nothing of terminals.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from microtune.contracts import Engine
from microtune.store import Store
from microtune.words import Document
from microtune_adapters import backends
from microtune_adapters.evaluation import spread
from microtune_adapters.examples import Example, heldout_examples
from microtune_adapters.general_texts import general_examples, general_rows
from microtune_adapters.gguf_adapter import export_gguf
from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.gguf_origin import ADAPTER_FILE
from microtune_adapters.lineage_choice import Intent
from microtune_adapters.pair_measuring import asked_pairs
from microtune_adapters.rival import FEWEST, Rival
from microtune_adapters.rows import Rows
from microtune_adapters.torch_lora import write_adapter
from microtune_adapters.trainer_loop import TrainerLoop, looks
from microtune_adapters.training_data import nearest_in, planned
from microtune_adapters.training_loop import learned_pairs

_LOOKS = 2  # a look at general texts is one with the base and one with the adapter
_STRENGTHS = 2  # that are looked at, most often
_SCORED = 10  # texts of each sort, spread over all that would be scored
_MOVED = 1e-4  # an adapter that changes nothing at all is taken for a broken one
_ENOUGH = 2.0  # seconds, after which no more of a sort are tried: a large base is slow

Stage = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Forecast:
    """Seconds of a run by part: until its first step, for its `steps` with what steers them, and
    until the verdict."""

    loading: float
    training: float
    measuring: float
    steps: int

    @property
    def seconds(self) -> float:
        """All parts together."""
        return self.loading + self.training + self.measuring


def forecast(
    store: Store,
    base_file: BaseFile,
    intent: Intent,
    open_engine: Callable[[], Engine],
    rival: Rival | None = None,
    stage: Stage = lambda words: None,
) -> Forecast:
    """Try what a run of this intent does. `rival`: the adapter that it would be compared with.

    Nothing is recorded, and of the person's words nothing is written. Raises `MicrotuneError` where
    the base cannot be read or the engine dies.
    """
    with TemporaryDirectory(prefix="microtune-") as made:
        folder = Path(made)
        loading, training, steps = _training(store, base_file, intent, folder, stage)
        stage("scoring a few texts")
        measuring = _measuring(store, base_file, intent, folder, open_engine, rival)
    return Forecast(loading, training, measuring, steps)


def _training(
    store: Store, base_file: BaseFile, intent: Intent, folder: Path, stage: Stage
) -> tuple[float, float, int]:
    """Seconds of loading and planning, seconds of training, and steps; an adapter that changes
    next to nothing is in `folder` afterwards."""
    begun = time.perf_counter()
    stage("loading the base for training")
    back_end, recipe = backends.chosen(), intent.recipe
    base = backends.load_to_train(back_end, base_file, recipe)
    pairs = learned_pairs(store, intent, base.codec)
    general = general_rows(base.codec, recipe.row)
    # Drawn weights: those of the adapter to go on from would take as long
    trainer = backends.make_trainer(back_end, base, recipe, folder, None, pairs, general)
    pace: list[float] = []

    def step_seconds(rows: Rows) -> float:
        pace.append(trainer.calibrate(rows))
        return pace[-1]

    stage("trying a few steps")
    nearest = nearest_in(store, intent.snapshot.train)
    plan = planned(base.codec, intent.snapshot, nearest, recipe, pairs, step_seconds)
    loading = time.perf_counter() - begun
    watched = looks(plan.steps, recipe.decay) + bool(intent.lineage.parent)
    training = plan.steps * pace[-1] + watched * _look_seconds(trainer, plan.validation)
    training += _LOOKS * _STRENGTHS * _look_seconds(trainer, general.steer)
    training += _LOOKS * _look_seconds(trainer, general.measure)
    moved = {name: weight + _MOVED for name, weight in trainer.weights_now().items()}
    write_adapter(folder, moved, recipe)
    return loading, training, plan.steps


def _look_seconds(trainer: TrainerLoop, rows: Rows) -> float:
    """What looking at all these rows takes, by their first batch."""
    if not rows:
        return 0.0
    some = rows.take(slice(0, trainer.recipe.batch))
    begun = time.perf_counter()
    trainer.nats(some)
    return (time.perf_counter() - begun) * len(rows) / len(some)


def _measuring(
    store: Store,
    base_file: BaseFile,
    intent: Intent,
    folder: Path,
    open_engine: Callable[[], Engine],
    rival: Rival | None,
) -> float:
    """Seconds of exporting the adapter in `folder`, of starting the engine and of scoring."""
    begun = time.perf_counter()
    export_gguf(folder, base_file, folder / ADAPTER_FILE)
    documents = spread(intent.snapshot.heldout)
    sorts = _sorts(store, intent, documents)
    with closing(open_engine()) as engine:
        engine.use(None)
        _score_seconds(engine, sorts[0][:1])  # what is done once in a run is done
        seconds = time.perf_counter() - begun
        again = _contested(documents, rival)  # with passages, by an adapter in use
        for adapter, more in ((None, 0.0), (folder, again)):
            engine.use(adapter)
            plain, passages, *others = (_score_seconds(engine, sort) for sort in sorts)
            seconds += plain + passages * (1 + more) + sum(others)
    return seconds


def _sorts(store: Store, intent: Intent, documents: Sequence[Document]) -> list[list[Example]]:
    """All that is scored with the base and again with the adapter: held-out texts without passages
    and with them, general texts, and edits of drafts."""
    nearest = nearest_in(store, intent.snapshot.train)
    plain, passages = (
        [example for document in documents for example in heldout_examples(document, among)]
        for among in (None, nearest)
    )
    learned = intent.pairs.heldout if intent.pairs.train else ()
    edits = [
        Example("", "", "pair", tuple(pair.turns), text)
        for pair in asked_pairs(store, learned, intent.snapshot.train)
        for text in (pair.chosen, pair.rejected)
    ]
    return [plain, passages, general_examples("measure"), edits]


def _contested(documents: Sequence[Document], rival: Rival | None) -> float:
    """The share of the documents that the rival is scored on as well."""
    fresh = sum(document.id not in rival.seen for document in documents) if rival else 0
    return fresh / len(documents) if fresh >= FEWEST else 0.0


def _score_seconds(engine: Engine, examples: Sequence[Example]) -> float:
    """What scoring all these takes, by some of them and their bytes."""
    tried, begun, seconds = 0, time.perf_counter(), 0.0
    for example in examples[:: -(-len(examples) // _SCORED) or 1]:
        engine.score(example.turns, example.answer)
        tried += _size(example)
        seconds = time.perf_counter() - begun
        if seconds > _ENOUGH:
            break
    return seconds * sum(map(_size, examples)) / max(1, tried)


def _size(example: Example) -> int:
    return sum(len(turn.content.encode()) for turn in example.turns) + len(example.answer.encode())
