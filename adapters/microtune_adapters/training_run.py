"""One training run from documents to a verdict: train, export, prove, measure, gate, promote.

Everything a run needs to be resumed lies in its own folder, `runs/<id>` of the home, which is
removed when the run ends: rows hold the person's words. Knows nothing of terminals.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from microtune.contracts import Engine, Progress, Trained
from microtune.errors import Interrupted, MicrotuneError
from microtune.files import replace_file
from microtune.runs import Run
from microtune.store import Store
from microtune_adapters.cards import Card
from microtune_adapters.evaluation import Measurement, score_documents, spread, summarise
from microtune_adapters.fidelity import Fidelity, Reference, compare
from microtune_adapters.gate import Verdict, judge
from microtune_adapters.gguf_adapter import ADAPTER_FILE, export_gguf
from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.library import Library
from microtune_adapters.recipes import Recipe, choose_recipe
from microtune_adapters.rows import Rows
from microtune_adapters.training_data import (
    Snapshot,
    nearest_in,
    recall_snapshot,
    take_snapshot,
    training_rows,
    validation_rows,
)


@dataclass(frozen=True, slots=True)
class Listener:
    """What a run tells while it goes on. `stage` gets a few words, `stop` is asked every step."""

    stage: Callable[[str], None] = lambda words: None
    progress: Callable[[Progress], None] = lambda progress: None
    scored: Callable[[int, int], None] = lambda done, total: None
    stop: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run."""

    run: str
    adapter: str
    verdict: Verdict
    measurement: Measurement
    fidelity: Fidelity
    trained: Trained


class TrainingRun:
    """Trains one adapter for `base` from what is in `store` and keeps it in `library`."""

    def __init__(
        self,
        store: Store,
        library: Library,
        base: BaseFile,
        open_engine: Callable[[], Engine],
        listener: Listener,
    ) -> None:
        self.store, self.library, self.base = store, library, base
        self.open_engine, self.listener = open_engine, listener

    def run(self, minutes: float, seed: int = 0) -> Outcome:
        """Resume the interrupted run if there is one, else begin one, and see it to its end.

        Raises `Interrupted` when stopped, and `MicrotuneError` when there is too little text.
        """
        run, snapshot, recipe = self._resumed() or self._begun(minutes, seed)
        try:
            trained, reference = self._train(run, snapshot, recipe)
            return self._conclude(run, snapshot, recipe, trained, reference)
        except Interrupted:
            self.store.runs.pause(run.id)
            raise
        except MicrotuneError as error:
            if not self._resumable(run):
                self._end(run, "failed", error.what)
            raise

    # Beginning ------------------------------------------------------------------------------

    def folder(self, run: Run) -> Path:
        return self.store.home.runs / run.id

    def _resumable(self, run: Run) -> bool:
        return (self.folder(run) / "plan.json").exists()

    def _begun(self, minutes: float, seed: int) -> tuple[Run, Snapshot, Recipe]:
        snapshot, recipe = plan(self.store, self.base, minutes, seed)
        run = self.store.runs.start(
            {**recipe.to_dict(), "base_sha256": self.base.sha256}, snapshot.roles()
        )
        return run, snapshot, recipe

    def _resumed(self) -> tuple[Run, Snapshot, Recipe] | None:
        """The unfinished run, if its base and all of its texts are still there."""
        run = self.store.runs.unfinished()
        if run is None:
            return None
        recipe = dict(run.recipe)
        snapshot = recall_snapshot(self.store, run.id)
        if recipe.pop("base_sha256") != self.base.sha256 or snapshot is None:
            self._end(run, "failed", "its base or some of its texts are gone")
            return None
        if not self._resumable(run):
            self._end(run, "failed", "killed before its first step")
            return None
        self.store.runs.resume(run.id)
        self.listener.stage("resuming the interrupted run")
        return run, snapshot, Recipe.from_dict(recipe)

    # Training -------------------------------------------------------------------------------

    def _train(self, run: Run, snapshot: Snapshot, recipe: Recipe) -> tuple[Trained, Reference]:
        from microtune_adapters.reference import take_reference
        from microtune_adapters.torch_base import load_torch_base
        from microtune_adapters.torch_trainer import TorchTrainer

        self.listener.stage("loading the base for training")
        base, folder = load_torch_base(self.base.path), self.folder(run)
        trainer = TorchTrainer(base.model, recipe, folder)
        nearest = nearest_in(self.store, snapshot.train)
        if not self._resumable(run):
            self.listener.stage("making examples")
            self._prepare(folder, trainer, base.codec, snapshot, recipe)
        rows, validation = (Rows.load(folder / f"{n}.npz") for n in ("rows", "validation"))
        steps = int(json.loads((folder / "plan.json").read_text())["steps"])
        self.listener.stage("training")
        trained = trainer.train(rows, validation, steps, self.listener.progress, self.listener.stop)
        return trained, take_reference(trainer, base.codec, snapshot.heldout, nearest)

    def _prepare(
        self, folder: Path, trainer: Any, codec: Any, snapshot: Snapshot, recipe: Recipe
    ) -> None:
        """Write the rows and the number of steps that fit into the recipe's minutes."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        nearest = nearest_in(self.store, snapshot.train)
        rows = training_rows(codec, snapshot, nearest, recipe, 0)
        affordable = int(recipe.minutes * 60 / trainer.calibrate(rows)) * recipe.batch
        for epoch in range(1, recipe.epochs):
            if len(rows) >= affordable:
                break
            rows = rows.joined(training_rows(codec, snapshot, nearest, recipe, epoch))
        rows = rows.take(slice(0, max(recipe.batch, affordable)))
        rows.save(folder / "rows.npz")
        validation_rows(codec, snapshot, nearest, recipe).save(folder / "validation.npz")
        steps = max(1, len(rows) // recipe.batch)
        replace_file(folder / "plan.json", json.dumps({"steps": steps}))

    # Measuring and deciding -----------------------------------------------------------------

    def _conclude(
        self,
        run: Run,
        snapshot: Snapshot,
        recipe: Recipe,
        trained: Trained,
        reference: Reference,
    ) -> Outcome:
        self.listener.stage("exporting and comparing with the trainer")
        export_gguf(trained.folder, self.base, trained.folder / ADAPTER_FILE)
        card = self._card(snapshot, recipe, run)
        replace_file(trained.folder / "card.json", card.to_json())
        engine = self.open_engine()
        try:
            fidelity = compare(engine, trained.folder, reference)
            self.listener.stage("measuring on held-out texts")
            scores = score_documents(
                engine,
                spread(snapshot.heldout),
                nearest_in(self.store, snapshot.train),
                trained.folder,
                self.listener.scored,
            )
        finally:
            engine.close()
        measurement = summarise(scores)
        verdict = judge(measurement, fidelity)
        adapter = self._keep(run, card, trained, measurement, fidelity, verdict)
        return Outcome(run.id, adapter, verdict, measurement, fidelity, trained)

    def _card(self, snapshot: Snapshot, recipe: Recipe, run: Run) -> Card:
        active = self.library.active()
        return Card(
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            base_sha256=self.base.sha256,
            base_name=self.base.name,
            data_sha256=run.snapshot,
            documents=len(snapshot.train),
            words=snapshot.words,
            recipe=recipe.to_dict(),
            parent=active.id if active else "",
        )

    def _keep(
        self,
        run: Run,
        card: Card,
        trained: Trained,
        measurement: Measurement,
        fidelity: Fidelity,
        verdict: Verdict,
    ) -> str:
        """Admit the adapter with its figures and promote it, or keep it rejected."""
        figures = {
            **measurement.to_dict(),
            "fidelity": fidelity.to_dict(),
            "steps": trained.steps,
            "tokens": trained.tokens,
            "seconds": round(trained.seconds, 1),
            "validation": [list(v) for v in trained.validation],
        }
        state = "promoted" if verdict.promoted else "rejected"
        whole = replace(card, measurements=figures, verdict=state, reason=verdict.reason)
        adapter = self.library.admit(trained.folder, whole)
        if verdict.promoted:
            self.library.promote(adapter)
            self.store.ledger.append("promoted", {"adapter": adapter, "run": run.id})
        self._end(run, state, verdict.reason, adapter, figures)
        return adapter

    def _end(
        self,
        run: Run,
        state: Any,
        reason: str,
        adapter: str = "",
        figures: dict[str, Any] | None = None,
    ) -> None:
        self.store.runs.finish(run.id, state, reason, adapter, figures)
        shutil.rmtree(self.folder(run), ignore_errors=True)


def plan(store: Store, base: BaseFile, minutes: float, seed: int) -> tuple[Snapshot, Recipe]:
    """What a run begun now would train on, and how. Raises `MicrotuneError` for too little."""
    from microtune_adapters.precision import quickest

    snapshot = take_snapshot(store)
    recipe = choose_recipe(
        words=snapshot.words,
        parameters=base.parameters,
        context=base.context_length,
        precision=quickest(),
        minutes=minutes,
        seed=seed,
    )
    return snapshot, recipe
