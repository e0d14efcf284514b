"""A training run, whichever library computes: steps, validation, early stopping, checkpoints.

Steps are counted before the first one, so the schedule does not depend on how often the run is
interrupted; with the same rows and checkpoint a resumed run ends in the same weights.
"""

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from microtune.contracts import Progress, Trained
from microtune.errors import Interrupted
from microtune_adapters.anchor import anchored
from microtune_adapters.checkpoints import Checkpoint, Saved, load_checkpoint, save_checkpoint
from microtune_adapters.gate import NoGain, Unfit
from microtune_adapters.general_texts import GeneralRows
from microtune_adapters.lora_weights import LoraWeights
from microtune_adapters.recipes import Recipe, learning_rate
from microtune_adapters.rows import Rows
from microtune_adapters.strength import strongest, weakened
from microtune_adapters.torch_lora import write_adapter

CHECKPOINT_SECONDS = 30.0
TRIALS, TRYING = 4, 4.0  # rounds of trial steps at most, and seconds after which no more begin
TENTHS = 10  # of a run, at the end of which validation texts may be looked at


def is_look(step: int, steps: int, decay: float) -> bool:
    """Whether validation texts are looked at after this step: at every tenth once the rate comes
    down, at every third one before, where weights are seldom the best and nothing is stopped."""
    if step == steps:
        return True
    every = max(1, steps // TENTHS)
    return step % (every if step >= steps * (1 - decay) else 3 * every) == 0


def looks(steps: int, decay: float) -> int:
    """How often they are, at most, in a run of so many steps."""
    return sum(is_look(step, steps, decay) for step in range(1, steps + 1))


class TrainerLoop(ABC):
    """A `microtune.contracts.Trainer` for `Rows`, but for the computing.

    `folder` is the run's own: checkpoints live there and are found again after an interruption.
    `start` are the weights of an adapter of the recipe's shape to go on from. `general` are texts
    that the adapter is held to its base on; where there are any it is made as strong as they allow.
    What a back end computes is below, in the methods that are abstract.
    """

    def __init__(
        self,
        recipe: Recipe,
        folder: Path,
        start: LoraWeights | None,
        general: GeneralRows | None,
    ) -> None:
        self.recipe, self.folder, self.start, self.general = recipe, folder, start, general
        self.anchor = anchored(general.anchor, recipe) if general else None
        self.state = Checkpoint()

    # What a back end does -------------------------------------------------------------------

    @abstractmethod
    def learn(self, rows: Rows, step: int, steps: int, rate: float) -> float:
        """One step at this learning rate, on these rows and on what else is due in it. The mean
        loss of the rows; where it is no number, the weights need not be of use any more."""

    @abstractmethod
    def rehearse(self, rows: Rows, step: int) -> None:
        """What this step computes, at the same cost, and nothing of it is kept."""

    @abstractmethod
    def nats(self, rows: Rows) -> tuple[float, int]:
        """Cross-entropy summed over the rows' targets, and how many there are."""

    @abstractmethod
    def divergence(self, rows: Rows) -> tuple[float, float]:
        """How far the adapter has moved what the base expects (Kullback-Leibler), and the base's
        own cross-entropy, both in nats summed over the rows' targets."""

    @abstractmethod
    def bare(self) -> AbstractContextManager[Any]:
        """For a while the base alone computes."""

    @abstractmethod
    def weights_now(self) -> dict[str, Any]:
        """A copy of the adapter as torch tensors, by the names that peft gives them."""

    @abstractmethod
    def set_weights(self, weights: dict[str, Any]) -> None:
        """Take these, in the form of `weights_now`."""

    @abstractmethod
    def optimiser_now(self) -> dict[str, Any]:
        """The optimiser's state as torch's AdamW has it, over the weights in their order."""

    @abstractmethod
    def set_optimiser(self, saved: Saved) -> None:
        """Take the optimiser's state of a checkpoint."""

    # The course of a run --------------------------------------------------------------------

    def calibrate(self, rows: Rows) -> float:
        """Seconds that one step takes here, over trial steps that change nothing: of each kind of
        step the quickest. The first round does what is done once in a run, and a moment in which
        the machine was busy must not make a run short."""
        kinds = self.anchor.every if self.anchor else 1
        quickest, rounds, began = [math.inf] * kinds, 0, time.perf_counter()
        while rounds < 2 or (rounds < TRIALS and time.perf_counter() - began < TRYING):
            quickest = [min(known, self._timed(rows, n)) for n, known in enumerate(quickest)]
            rounds += 1
        return sum(quickest) / kinds

    def _timed(self, rows: Rows, step: int) -> float:
        start = time.perf_counter()
        self.rehearse(rows.take(slice(0, self.recipe.batch)), step)
        return time.perf_counter() - start

    def train(
        self,
        rows: Rows,
        validation: Rows,
        steps: int,
        report: Callable[[Progress], None],
        stop: Callable[[], bool],
    ) -> Trained:
        """Run to `steps` or to early stopping.

        Raises `Interrupted` once `stop()` is true, `Unfit` when the loss is no number any more,
        `NoGain` when no step was better than `start`, and `MicrotuneError` when the disk is full.
        """
        self._resume()
        if self.start is not None and not self.state.validation:
            self._validate(validation)  # what there is to improve on
        began = saved = time.monotonic()
        before, first = self.state.seconds, self.state.step
        while self.state.step < steps and not self._has_stalled(steps):
            self._step(rows, steps)
            if is_look(self.state.step, steps, self.recipe.decay):
                self._validate(validation)
            self.state.seconds = before + time.monotonic() - began
            done = self.state.step - first
            left = (time.monotonic() - began) / done * (steps - self.state.step)
            report(self._progress(steps, left))
            stopping = stop()
            if stopping or time.monotonic() - saved > CHECKPOINT_SECONDS:
                self._save()
                saved = time.monotonic()
            if stopping:
                raise Interrupted(
                    f"Training stopped at step {self.state.step} of {steps} and was saved",
                    "Run `microtune train` again to go on from there.",
                )
        return self._finish()

    def _step(self, rows: Rows, steps: int) -> None:
        step, batch = self.state.step, self.recipe.batch
        at = (step * batch) % len(rows)
        part = rows.take(slice(at, at + batch))
        rate = learning_rate(self.recipe, step, steps)
        self.state.losses.append(self.finite(self.learn(part, step, steps, rate)))
        self.state.step += 1
        self.state.tokens += part.tokens

    def finite(self, loss: float) -> float:
        """The loss again. Raises `Unfit` where it is no number."""
        if math.isfinite(loss):
            return loss
        raise Unfit(
            f"training broke down at step {self.state.step}: the loss is {loss}",
            "Nothing was promoted. Run `microtune train` again; report it if it recurs.",
        )

    def _batches(self, rows: Rows) -> Iterator[Rows]:
        for at in range(0, len(rows), self.recipe.batch):
            yield rows.take(slice(at, at + self.recipe.batch))

    def mean_nats(self, rows: Rows) -> float:
        """Cross-entropy a target."""
        nats, count = 0.0, 0
        for batch in self._batches(rows):
            part, n = self.nats(batch)
            nats, count = nats + part, count + n
        return nats / max(1, count)

    def _validate(self, rows: Rows) -> None:
        loss = self.finite(self.mean_nats(rows))
        if not self.state.validation or loss < min(v for _, v in self.state.validation):
            self.state.best = self.weights_now()
        self.state.validation.append((self.state.step, loss))

    def _best_step(self) -> int:
        return min(self.state.validation, key=lambda at: at[1])[0]

    def _has_stalled(self, steps: int) -> bool:
        """Whether nothing more is to be hoped for. Before the rate comes down losses say little:
        they rise while an adapter finds its way, and fall when the rate does."""
        losses = [v for _, v in self.state.validation]
        return (
            self.state.step >= steps * (1 - self.recipe.decay)
            and len(losses) > self.recipe.patience
            and min(losses) not in (losses[-self.recipe.patience :])
        )

    def _resume(self) -> None:
        saved = load_checkpoint(self.folder)
        self.state = saved.state
        if saved.weights:
            self.set_weights(saved.weights)
            self.set_optimiser(saved)

    def _save(self) -> None:
        save_checkpoint(self.folder, self.state, self.weights_now(), self.optimiser_now())

    def _finish(self) -> Trained:
        self._save()
        if self.start is not None and self._best_step() == 0:
            raise NoGain(
                "no step made the adapter better on the texts that steer its training",
                "Use `microtune train --anew` to train from scratch.",
            )
        strength = self._strength()
        weights = weakened(self.state.best, strength)
        self.set_weights(weights)
        return Trained(
            folder=write_adapter(self.folder / "peft", weights, self.recipe),
            steps=self.state.step,
            tokens=self.state.tokens,
            seconds=self.state.seconds,
            losses=tuple(self.state.losses),
            validation=tuple(self.state.validation),
            note=self.state.note,
            strength=strength,
            divergence=self._moved(self.general.measure) if self.general else 0.0,
        )

    def _strength(self) -> float:
        """How strong the best weights may be for what they change on general text."""
        if (general := self.general) is None:
            return 1.0

        def moved(strength: float) -> float:
            self.set_weights(weakened(self.state.best, strength))
            return self._moved(general.steer)

        return strongest(moved)

    def _moved(self, rows: Rows) -> float:
        """The adapter's divergence from the base, as a share of the base's own nats."""
        divergences, nats = zip(*map(self.divergence, self._batches(rows)), strict=True)
        return float(sum(divergences) / sum(nats))

    def _progress(self, steps: int, seconds_left: float) -> Progress:
        return Progress(
            step=self.state.step,
            steps=steps,
            loss=sum(self.state.losses[-20:]) / len(self.state.losses[-20:]),
            tokens=self.state.tokens,
            seconds=self.state.seconds,
            seconds_left=seconds_left,
            note=self.state.note,
            validation=tuple(self.state.validation),
        )
