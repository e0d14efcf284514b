"""One training run from documents to a verdict: train, export, prove, measure, gate, promote.

Everything a run needs to be resumed lies in its own folder, `runs/<id>` of the home, which is
removed when the run ends: rows hold the person's words. Knows nothing of terminals.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from microtune.contracts import Engine, Trained
from microtune.errors import Interrupted, MicrotuneError, first_aid
from microtune.files import replace_file
from microtune.runs import End, Run
from microtune.store import Store
from microtune_adapters.cards import CARD_FILE, Card
from microtune_adapters.erasing import settle_alone
from microtune_adapters.fidelity import Reference
from microtune_adapters.gate import Unfit
from microtune_adapters.gguf_adapter import export_gguf
from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.gguf_origin import ADAPTER_FILE
from microtune_adapters.judging import Judged, judge_trained
from microtune_adapters.library import Library
from microtune_adapters.lineage import NothingNew, start_of
from microtune_adapters.lineage_choice import Wish, intent, recall_intent, recorded
from microtune_adapters.pair_measuring import PairMeasurement, asked_pairs, measure_pairs
from microtune_adapters.rival import rival_of
from microtune_adapters.run_folder import RunFolder, only_run, sweep
from microtune_adapters.run_progress import ProgressLog
from microtune_adapters.run_values import Begun, Listener, Outcome
from microtune_adapters.training_data import nearest_in
from microtune_adapters.training_loop import train_as_planned


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
        self._log: ProgressLog | None = None  # of the run under way

    def run(self, wish: Wish) -> Outcome:
        """Resume the interrupted run if there is one, else begin one, and see it to its end.

        Raises `NothingNew` when the active adapter has seen all there is, `Interrupted` when
        stopped, `Unfit` when training broke down or brought no gain, and `MicrotuneError` when
        there is too little text, another run is under way or the disk is full.
        """
        runs = self.store.home.runs
        try:
            with only_run(runs):
                settle_alone(self.store, self.library)
                begun = self._resumed(wish) or self._begun(wish)
                sweep(runs, keep=begun.run.id)
                return self._to_its_end(begun)
        except OSError as error:
            raise MicrotuneError(
                f"training could not write in {runs} ({error.strerror or error})",
                f"{first_aid(error)} and run `microtune train` again; no text is lost.",
            ) from error

    def _to_its_end(self, begun: Begun) -> Outcome:
        run = begun.run
        self._log = ProgressLog(self._folder(run).path, self.listener)
        self.listener = self._log.listener()
        try:
            return self._conclude(begun, *self._trained(begun))
        except Interrupted:
            self._require_open(run)
            self.store.runs.pause(run.id)
            raise
        except Unfit as error:
            self._end(run, "rejected", error.what)
            raise
        except MicrotuneError as error:
            if not self._folder(run).planned:
                self._end(run, "failed", error.what)
            raise

    def _require_open(self, run: Run) -> None:
        """Raises `MicrotuneError`, and clears up, where the run was ended from outside."""
        if not self.store.runs.is_open(run.id):
            self._folder(run).remove()
            raise MicrotuneError(
                f"this run was ended: {self.store.runs.get(run.id).reason}",
                "Run `microtune train` to begin another.",
            )

    # Beginning ------------------------------------------------------------------------------

    def _folder(self, run: Run) -> RunFolder:
        return RunFolder(self.store.home.runs / run.id)

    def _begun(self, wish: Wish) -> Begun:
        try:
            chosen = intent(self.store, self.library, self.base, wish)
        except NothingNew:
            self.store.erasures.answer()
            raise
        roles, pairs = chosen.snapshot.roles(), chosen.pairs.roles()
        run = self.store.runs.start(recorded(chosen, self.base), roles, pairs)
        return Begun(run, chosen, start_of(self.library, chosen.lineage))

    def _resumed(self, wish: Wish) -> Begun | None:
        """The unfinished run, if nothing that it needs is gone and no other is asked for."""
        run = self.store.runs.unfinished()
        if run is None:
            return None
        kept = recall_intent(self.store, run, self.base)
        try:
            start = start_of(self.library, kept.lineage) if kept else None
        except MicrotuneError as error:
            if error.of_the_disk:
                raise  # the adapter is there and may be whole
            kept = None
        if kept is None:
            self._end(run, "failed", "its base, its recipe or some of its texts are gone")
            return None
        if wish.anew and kept.lineage.parent:
            self._end(run, "failed", "training from scratch was asked for instead")
            return None
        if not self._folder(run).planned:
            self._end(run, "failed", "killed before its first step")
            return None
        self.store.runs.resume(run.id)
        self.listener.stage("resuming the interrupted run")
        return Begun(run, kept, start)

    def _trained(self, begun: Begun) -> tuple[Trained, Reference]:
        """Train as planned until the run is stopped, or ended from outside."""

        def stop() -> bool:
            return self.listener.stop() or not self.store.runs.is_open(begun.run.id)

        listener = replace(self.listener, stop=stop)
        return train_as_planned(self.store, self.base, begun, self._folder(begun.run), listener)

    # Measuring and deciding -----------------------------------------------------------------

    def _conclude(self, begun: Begun, trained: Trained, reference: Reference) -> Outcome:
        self.listener.stage("exporting")
        card = self._card(begun)
        self._export(trained, card)
        self.listener.stage("measuring on held-out texts")
        nearest = nearest_in(self.store, begun.intent.snapshot.train)
        with closing(self.open_engine()) as engine:
            judged = judge_trained(
                engine,
                trained,
                reference,
                begun.intent.snapshot.heldout,
                nearest,
                rival_of(self.store, self.library, self.base),
                self._scored,
            )
            judged = replace(judged, pairs=self._pairs_measured(begun, engine, trained))
        adapter = self._keep(begun.run, card, judged)
        return Outcome(
            run=begun.run.id,
            adapter=adapter,
            verdict=judged.verdict,
            measurement=judged.measurement,
            fidelity=judged.fidelity,
            trained=trained,
            lineage=begun.intent.lineage,
            general=judged.general,
            pairs=judged.pairs,
        )

    def _pairs_measured(
        self, begun: Begun, engine: Engine, trained: Trained
    ) -> PairMeasurement | None:
        """Held-out pairs with what the run started from and with what came of it; None where it
        learned from none."""
        snapshot, pairs, parent = (
            begun.intent.snapshot,
            begun.intent.pairs,
            begun.intent.lineage.parent,
        )
        if not pairs.train:
            return None
        before = self.library.path(parent) if parent else None
        asked = asked_pairs(self.store, pairs.heldout, snapshot.train)
        return measure_pairs(engine, asked, before, trained.folder, len(pairs.train), self._scored)

    def _export(self, trained: Trained, card: Card) -> None:
        """Make the trainer's folder one that engines serve."""
        try:
            export_gguf(trained.folder, self.base, trained.folder / ADAPTER_FILE)
        except MicrotuneError as error:
            if isinstance(error.__context__, OSError):
                raise  # a file could not be read, which says nothing against the adapter
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
        known, lineage = begun.intent.snapshot.train, begun.intent.lineage
        return Card(
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            base_sha256=self.base.sha256,
            base_name=self.base.name,
            data_sha256=begun.run.snapshot,
            documents=len(known),
            words=sum(document.words for document in known),
            recipe=begun.intent.recipe.to_dict(),
            parent=lineage.parent,
            lineage=lineage.to_dict(),
        )

    def _keep(self, run: Run, card: Card, judged: Judged) -> str:
        """Admit the adapter with its figures and promote it, or keep it rejected."""
        self._require_open(run)
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
        kept = {**(figures or {}), **(self._log.figures() if self._log else {})}
        self.store.runs.finish(run.id, state, reason, adapter, kept or None)
        if state != "failed":
            self.store.erasures.answer()
        self._folder(run).remove()
