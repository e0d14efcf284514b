"""One training run from documents to a verdict: train, export, prove, measure, gate, promote.

Everything a run needs to be resumed lies in its own folder, `runs/<id>` of the home, which is
removed when the run ends: rows hold the person's words. Knows nothing of terminals.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from microtune.contracts import Engine, Progress, Trained
from microtune.errors import Interrupted, MicrotuneError
from microtune.files import replace_file
from microtune.runs import End, Run
from microtune.store import Store
from microtune_adapters.cards import CARD_FILE, Card
from microtune_adapters.engine import defaults
from microtune_adapters.evaluation import Measurement
from microtune_adapters.fidelity import Fidelity, Reference
from microtune_adapters.gate import Unfit, Verdict
from microtune_adapters.gguf_adapter import ADAPTER_FILE, export_gguf
from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.judging import Judged, judge_trained
from microtune_adapters.library import Library
from microtune_adapters.recipes import Recipe, choose_recipe
from microtune_adapters.rival import rival_of
from microtune_adapters.run_folder import RunFolder, only_run, sweep
from microtune_adapters.training_data import (
    Snapshot,
    nearest_in,
    planned,
    recall_snapshot,
    take_snapshot,
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


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that is recorded, and what it trains on and how."""

    run: Run
    snapshot: Snapshot
    recipe: Recipe


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

        Raises `Interrupted` when stopped, `Unfit` when training broke down, and `MicrotuneError`
        when there is too little text, another run is under way or the disk is full.
        """
        runs = self.store.home.runs
        try:
            with only_run(runs):
                begun = self._resumed() or self._begun(minutes, seed)
                sweep(runs, keep=begun.run.id)
                return self._to_its_end(begun)
        except OSError as error:
            raise MicrotuneError(
                f"training could not write in {runs} ({error.strerror or error})",
                "Make room on that disk and run `microtune train` again; no text is lost.",
            ) from error

    def _to_its_end(self, begun: Begun) -> Outcome:
        run = begun.run
        try:
            return self._conclude(begun, *self._train(begun))
        except Interrupted:
            self.store.runs.pause(run.id)
            raise
        except Unfit as error:
            self._end(run, "rejected", error.what)
            raise
        except MicrotuneError as error:
            if not self._folder(run).planned:
                self._end(run, "failed", error.what)
            raise

    # Beginning ------------------------------------------------------------------------------

    def _folder(self, run: Run) -> RunFolder:
        return RunFolder(self.store.home.runs / run.id)

    def _begun(self, minutes: float, seed: int) -> Begun:
        snapshot, recipe = plan(self.store, self.base, minutes, seed)
        run = self.store.runs.start(
            {**recipe.to_dict(), "base_sha256": self.base.sha256}, snapshot.roles()
        )
        return Begun(run, snapshot, recipe)

    def _resumed(self) -> Begun | None:
        """The unfinished run, if its base and all of its texts are still there."""
        run = self.store.runs.unfinished()
        if run is None:
            return None
        kept = dict(run.recipe)
        same_base = kept.pop("base_sha256") == self.base.sha256
        snapshot, recipe = recall_snapshot(self.store, run.id), Recipe.from_dict(kept)
        if not same_base or snapshot is None or recipe is None:
            self._end(run, "failed", "its base, its recipe or some of its texts are gone")
            return None
        if not self._folder(run).planned:
            self._end(run, "failed", "killed before its first step")
            return None
        self.store.runs.resume(run.id)
        self.listener.stage("resuming the interrupted run")
        return Begun(run, snapshot, recipe)

    # Training -------------------------------------------------------------------------------

    def _train(self, begun: Begun) -> tuple[Trained, Reference]:
        from microtune_adapters.reference import take_reference
        from microtune_adapters.torch_base import load_torch_base
        from microtune_adapters.torch_trainer import TorchTrainer

        self.listener.stage("loading the base for training")
        base, folder = load_torch_base(self.base.path), self._folder(begun.run)
        trainer = TorchTrainer(base.model, begun.recipe, folder.path)
        nearest = nearest_in(self.store, begun.snapshot.train)
        plan = folder.load()
        if plan is None:
            self.listener.stage("making examples")
            plan = planned(base.codec, begun.snapshot, nearest, begun.recipe, trainer.calibrate)
            folder.save(plan)
        self.listener.stage("training")
        told, stop = self.listener.progress, self.listener.stop
        trained = trainer.train(plan.rows, plan.validation, plan.steps, told, stop)
        context = min(defaults.CONTEXT, self.base.context_length)
        heldout = begun.snapshot.heldout
        return trained, take_reference(trainer, base.codec, heldout, nearest, context)

    # Measuring and deciding -----------------------------------------------------------------

    def _conclude(self, begun: Begun, trained: Trained, reference: Reference) -> Outcome:
        self.listener.stage("exporting")
        card = self._card(begun)
        self._export(trained, card)
        self.listener.stage("measuring on held-out texts")
        nearest = nearest_in(self.store, begun.snapshot.train)
        with closing(self.open_engine()) as engine:
            judged = judge_trained(
                engine,
                trained,
                reference,
                begun.snapshot.heldout,
                nearest,
                rival_of(self.store, self.library, self.base),
                self._scored,
            )
        adapter = self._keep(begun.run, card, judged)
        verdict, measurement, fidelity = judged.verdict, judged.measurement, judged.fidelity
        return Outcome(begun.run.id, adapter, verdict, measurement, fidelity, trained)

    def _export(self, trained: Trained, card: Card) -> None:
        """Make the trainer's folder one that engines serve."""
        try:
            export_gguf(trained.folder, self.base, trained.folder / ADAPTER_FILE)
        except MicrotuneError as error:
            raise Unfit(error.what, error.remedy) from error
        replace_file(trained.folder / CARD_FILE, card.to_json())

    def _scored(self, done: int, total: int) -> None:
        """Pass on the progress of measuring; what was trained is kept if it is stopped."""
        self.listener.scored(done, total)
        if self.listener.stop():
            raise Interrupted(
                f"Stopped after {done} of {total} measurements; the training was saved",
                "Run `microtune train` again to measure and finish it.",
            )

    def _card(self, begun: Begun) -> Card:
        return Card(
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            base_sha256=self.base.sha256,
            base_name=self.base.name,
            data_sha256=begun.run.snapshot,
            documents=len(begun.snapshot.train),
            words=begun.snapshot.words,
            recipe=begun.recipe.to_dict(),
        )

    def _keep(self, run: Run, card: Card, judged: Judged) -> str:
        """Admit the adapter with its figures and promote it, or keep it rejected."""
        verdict, figures = judged.verdict, judged.figures()
        state: End = "promoted" if verdict.promoted else "rejected"
        whole = replace(card, measurements=figures, verdict=state, reason=verdict.reason)
        adapter = self.library.admit(judged.trained.folder, whole)
        if verdict.promoted:
            self.library.judge(adapter, state, verdict.reason)  # an earlier run may have made it
            self.library.promote(adapter)
            self.store.ledger.append("promoted", {"adapter": adapter, "run": run.id})
        self._end(run, state, verdict.reason, adapter, figures)
        return adapter

    def _end(
        self,
        run: Run,
        state: End,
        reason: str,
        adapter: str = "",
        figures: dict[str, Any] | None = None,
    ) -> None:
        self.store.runs.finish(run.id, state, reason, adapter, figures)
        self._folder(run).remove()


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
