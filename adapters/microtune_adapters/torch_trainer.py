"""The torch+peft trainer: packed rows in, a PEFT folder out, interruptible at any step.

Steps are counted before the first one, so the schedule does not depend on how often the run is
interrupted; with the same rows and checkpoint a resumed run ends in the same weights.
"""

import contextlib
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from microtune.contracts import Progress, Trained
from microtune.errors import Interrupted
from microtune_adapters.checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from microtune_adapters.gate import NoGain, Unfit
from microtune_adapters.lora_weights import LoraWeights
from microtune_adapters.recipes import Recipe, learning_rate
from microtune_adapters.rows import Rows
from microtune_adapters.torch_base import quiet
from microtune_adapters.torch_lora import load_lora, write_adapter

CHECKPOINT_SECONDS = 30.0
VALIDATIONS = 10  # at most, over a whole run


class TorchTrainer:
    """Trains one adapter on a loaded base (a transformers causal LM, float32, on the CPU);
    implements `microtune.contracts.Trainer` for `Rows`.

    `folder` is the run's own: checkpoints live there and are found again after an interruption.
    `start` are the weights of an adapter of the recipe's shape to go on from; `pairs` are learned
    from beside the rows.
    """

    def __init__(
        self,
        model: Any,
        recipe: Recipe,
        folder: Path,
        start: LoraWeights | None = None,
        pairs: Rows | None = None,
    ) -> None:
        import torch
        from peft import LoraConfig, get_peft_model

        from microtune_adapters.lora_linear import quicken
        from microtune_adapters.torch_pairs import PairLesson

        torch.manual_seed(recipe.seed)  # LoRA's A is drawn from it
        self.recipe, self.folder = recipe, folder
        self.pairs = PairLesson(pairs) if pairs else None
        lora = LoraConfig(
            r=recipe.rank,
            lora_alpha=recipe.alpha,
            target_modules=sorted(recipe.targets),
            layers_to_transform=_adapted_layers(model, recipe),
            task_type="CAUSAL_LM",
        )
        with quiet():
            self.model = get_peft_model(model, lora)
        quicken(self.model)
        self.network = self.model.get_base_model()
        self.weights = {n: w for n, w in self.model.named_parameters() if w.requires_grad}
        self.optimiser = torch.optim.AdamW(
            self.weights.values(),
            lr=recipe.learning_rate,
            betas=(0.9, 0.98),
            weight_decay=recipe.weight_decay,
        )
        self.state = Checkpoint()
        self.start = start
        if start is not None:
            load_lora(self.weights, start)

    def calibrate(self, rows: Rows) -> float:
        """Seconds that one step takes here, over two trial steps that change nothing."""
        times = []
        for _ in range(2):
            start = time.perf_counter()
            self._backward(rows.take(slice(0, self.recipe.batch)), slice(0, 1))
            times.append(time.perf_counter() - start)
        self.optimiser.zero_grad(set_to_none=True)
        return min(times)

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
        every = max(1, steps // VALIDATIONS)
        began = saved = time.monotonic()
        before, first = self.state.seconds, self.state.step
        while self.state.step < steps and not self._has_stalled(steps):
            self._step(rows, steps)
            if self.state.step % every == 0 or self.state.step == steps:
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

    # One step -------------------------------------------------------------------------------

    def _step(self, rows: Rows, steps: int) -> None:
        import torch

        batch = self.recipe.batch
        at = (self.state.step * batch) % len(rows)
        part = rows.take(slice(at, at + batch))
        due = self.pairs.due(self.state.step, steps) if self.pairs else None
        loss = self._finite(self._backward(part, due))
        torch.nn.utils.clip_grad_norm_(list(self.weights.values()), 1.0)
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.recipe, self.state.step, steps)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.state.step += 1
        self.state.tokens += part.tokens
        self.state.losses.append(loss)

    def _finite(self, loss: float) -> float:
        if math.isfinite(loss):
            return loss
        raise Unfit(
            f"training broke down at step {self.state.step}: the loss is {loss}",
            "Nothing was promoted. Run `microtune train` again; report it if it recurs.",
        )

    def _autocast(self) -> contextlib.AbstractContextManager[Any]:
        import torch

        return torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.precision == "bf16")

    def _backward(self, rows: Rows, due: slice | None) -> float:
        """The mean loss; its gradients, and those of the pairs that are `due`, are added to the
        weights'."""
        import torch

        from microtune_adapters.packed_loss import summed_loss

        self.model.train()
        with self._autocast():
            nats, count = summed_loss(self.network, rows)
            loss = nats / max(1, count)
            torch.autograd.backward(loss)
            if self.pairs and due:
                self._finite(self.pairs.backward(self.network, due))
        return float(loss.item())

    # Validation and early stopping ----------------------------------------------------------

    def _validate(self, rows: Rows) -> None:
        import torch

        from microtune_adapters.packed_loss import summed_loss

        self.model.eval()
        nats, count = 0.0, 0
        with torch.no_grad(), self._autocast():
            for at in range(0, len(rows), self.recipe.batch):
                part, n = summed_loss(self.network, rows.take(slice(at, at + self.recipe.batch)))
                nats, count = nats + float(part), count + n
        loss = self._finite(nats / max(1, count))
        if not self.state.validation or loss < min(v for _, v in self.state.validation):
            self.state.best = {n: w.detach().clone() for n, w in self.weights.items()}
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

    # Beginning and end ----------------------------------------------------------------------

    def _resume(self) -> None:
        import torch

        saved = load_checkpoint(self.folder)
        self.state = saved.state
        if not saved.weights:
            return
        with torch.no_grad():
            for name, weight in self.weights.items():
                weight.copy_(saved.weights[name])
        self.optimiser.load_state_dict(saved.optimiser)

    def _save(self) -> None:
        weights = {name: weight.detach() for name, weight in self.weights.items()}
        save_checkpoint(self.folder, self.state, weights, self.optimiser.state_dict())

    def _finish(self) -> Trained:
        import torch

        self._save()
        if self.start is not None and self._best_step() == 0:
            raise NoGain(
                "no step made the adapter better on the texts that steer its training",
                "Use `microtune train --anew` to train from scratch.",
            )
        with torch.no_grad():
            for name, weight in self.state.best.items():
                self.weights[name].copy_(weight)
        return Trained(
            folder=write_adapter(self.folder / "peft", self.weights, self.recipe),
            steps=self.state.step,
            tokens=self.state.tokens,
            seconds=self.state.seconds,
            losses=tuple(self.state.losses),
            validation=tuple(self.state.validation),
            note=self.state.note,
        )

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


def _adapted_layers(model: Any, recipe: Recipe) -> list[int] | None:
    """The numbers of the layers that the recipe adapts; None for all."""
    count = model.config.num_hidden_layers
    return list(range(count - recipe.layers, count)) if 0 < recipe.layers < count else None
