"""The mlx-lm trainer: the same rows, recipes and checkpoints as the torch trainer, on mlx.

On Apple silicon it computes on the graphics processor. Knows nothing of the course of a run, which
is in `trainer_loop`.
"""

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np

from microtune_adapters.checkpoints import Saved
from microtune_adapters.fidelity import Floats
from microtune_adapters.general_texts import GeneralRows
from microtune_adapters.lora_weights import PROJECTIONS, LoraWeights, module_name
from microtune_adapters.mlx_anchor import MlxAnchor
from microtune_adapters.mlx_base import head_of
from microtune_adapters.mlx_lora import MlxLora
from microtune_adapters.mlx_loss import answer_states, loss_at, summed_divergence, summed_loss
from microtune_adapters.mlx_optimiser import Arrays, MlxAdamW, arrayed, torched
from microtune_adapters.mlx_pairs import preferred
from microtune_adapters.peft_format import PREFIX
from microtune_adapters.recipes import Recipe
from microtune_adapters.rows import Rows
from microtune_adapters.torch_pairs import WEIGHT, PairLesson
from microtune_adapters.trainer_loop import TrainerLoop


class MlxTrainer(TrainerLoop):
    """Trains one adapter on a loaded base (see `mlx_base`); implements
    `microtune.contracts.Trainer` for `Rows`.

    Adapter weights are float32 whatever the base is held in; the recipe's precision is torch's
    affair. `pairs` are learned from beside the rows, and `general` texts are held on to.
    """

    def __init__(
        self,
        model: Any,
        recipe: Recipe,
        folder: Path,
        start: LoraWeights | None = None,
        pairs: Rows | None = None,
        general: GeneralRows | None = None,
    ) -> None:
        super().__init__(recipe, folder, start, general)
        self.model = model
        self.pairs = PairLesson(pairs) if pairs else None
        self.lora = MlxLora(model)
        self.modules = [
            module_name(layer, projection)
            for layer in recipe.adapted(len(model.layers))
            for projection in PROJECTIONS
            if projection.rpartition(".")[2] in recipe.targets
        ]
        for module in self.modules:
            self.lora.attach(module, recipe.rank, recipe.alpha / recipe.rank)
        self.weights = self._drawn() if start is None else self._given(start)
        self.optimiser = MlxAdamW(recipe)
        self._lesson = MlxAnchor(self.anchor, self.lora) if self.anchor else None

    def learn(self, rows: Rows, step: int, steps: int, rate: float) -> float:
        due = self.pairs.due(step, steps) if self.pairs else None
        loss, gradients = self._gradients(rows, due, step)
        if math.isfinite(loss):
            self.weights = self.optimiser.update(self.weights, gradients, rate)
        return loss

    def rehearse(self, rows: Rows, step: int) -> None:
        self._gradients(rows, slice(0, 1), step)

    def nats(self, rows: Rows) -> tuple[float, int]:
        self._place(self.weights)
        nats, count = summed_loss(self.model, rows)
        return float(nats), count

    def divergence(self, rows: Rows) -> tuple[float, float]:
        self._place(self.weights)
        places, _ = answer_states(self.model, rows)
        with self.bare():
            aims, wanted = answer_states(self.model, rows)
        divergence = summed_divergence(self.model, places, aims)
        return float(divergence), float(loss_at(self.model, aims, wanted))

    def bare(self) -> AbstractContextManager[None]:
        return self.lora.without()

    def weights_now(self) -> dict[str, Any]:
        return {name: torched(array) for name, array in self.weights.items()}

    def set_weights(self, weights: dict[str, Any]) -> None:
        self.weights = {name: arrayed(weights[name]) for name in self.weights}

    def optimiser_now(self) -> dict[str, Any]:
        return self.optimiser.state(list(self.weights))

    def set_optimiser(self, saved: Saved) -> None:
        self.optimiser.restore(saved)

    def answer_logits(self, prompt: Sequence[int], answer: Sequence[int], adapted: bool) -> Floats:
        """[answer tokens, vocabulary] at the places that predict each token of `answer`, with the
        adapter or without."""
        if not adapted:
            with self.lora.without():
                return self._logits(prompt, answer)
        self._place(self.weights)
        return self._logits(prompt, answer)

    def _logits(self, prompt: Sequence[int], answer: Sequence[int]) -> Floats:
        hidden = self.model.model(mx.array([[*prompt, *answer]]))[0, -len(answer) - 1 : -1]
        return np.array(head_of(self.model, hidden).astype(mx.float32))

    def _gradients(self, rows: Rows, due: slice | None, step: int) -> tuple[float, Arrays]:
        """The mean loss of the rows, and gradients of it, of the pairs that are `due` and of a
        general text."""

        def losses(weights: Arrays) -> tuple[mx.array, mx.array]:
            self._place(weights)
            nats, count = summed_loss(self.model, rows)
            loss = aims = nats / max(1, count)
            if self.pairs and due:
                aims = aims + WEIGHT * preferred(self.model, self.pairs.rows, due)
            if self._lesson:
                aims = aims + self._lesson.loss(step)
            return aims, loss

        (aims, loss), gradients = mx.value_and_grad(losses)(self.weights)
        mx.eval(aims, loss, gradients)
        self._place(self.weights)
        return self.finite(float(loss if math.isfinite(float(aims)) else aims)), gradients

    def _place(self, weights: Arrays) -> None:
        """Let the network compute with these."""
        for module in self.modules:
            self.lora.set(module, *(weights[_named(module, part)] for part in "AB"))

    def _drawn(self) -> Arrays:
        """An adapter that changes nothing: A as peft draws it (uniform, as for a linear layer), B
        zero."""
        chance = np.random.default_rng(self.recipe.seed)
        weights: Arrays = {}
        for module in self.modules:
            outputs, inputs = self.lora.shape(module)
            bound = 1 / math.sqrt(inputs)
            a = chance.uniform(-bound, bound, (self.recipe.rank, inputs))
            weights[_named(module, "A")] = mx.array(a.astype(np.float32))
            weights[_named(module, "B")] = mx.zeros((outputs, self.recipe.rank))
        return weights

    def _given(self, start: LoraWeights) -> Arrays:
        return {
            _named(module, part): mx.array(array)
            for module in self.modules
            for part, array in zip("AB", start.modules[module], strict=True)
        }


def _named(module: str, part: str) -> str:
    """As peft calls the parameter, so that checkpoints of both back ends are alike."""
    return f"{PREFIX}{module}.lora_{part}.default.weight"
