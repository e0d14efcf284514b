"""The product's trainer with what a study varies and the product does not offer.

It goes through `TorchTrainer`'s public door alone: peft's configuration is completed where the
trainer makes one, and rates are changed when its optimiser is about to take a step.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from study_variants import Variant

from microtune_adapters.general_texts import GeneralRows
from microtune_adapters.recipes import Recipe
from microtune_adapters.torch_trainer import TorchTrainer

NEVER = 10**6  # validations without improvement


def recipe_of(variant: Variant, chosen: Recipe) -> Recipe:
    """`chosen` with the variant's changes; alpha follows the rank where the variant says how.

    No run stops early: in few steps the product's patience can end before the rate comes down, and
    runs of unequal length do not compare. Which step was the best is still seen on watched texts.
    """
    layers = chosen.layers if variant.last_layers is None else variant.last_layers
    recipe = replace(chosen, patience=NEVER, layers=layers, **variant.recipe)
    if variant.scale is None:
        return recipe
    return replace(recipe, alpha=round(variant.scale * recipe.rank))


def steps_of(recipe: Recipe, steps: int, batch: int, rows: int) -> int:
    """As many steps as see what `steps` of `batch` rows see, and no row more than there are."""
    return max(1, min(steps * batch, rows) // recipe.batch)


class StudyTrainer(TorchTrainer):
    """Trains `model`, which it changes: give it a copy."""

    def __init__(
        self,
        model: Any,
        recipe: Recipe,
        folder: Path,
        variant: Variant,
        steps: int,
        general: GeneralRows | None,
    ) -> None:
        with completed(variant.peft):
            super().__init__(model, recipe, folder, general=general)
        if variant.b_rate != 1.0:
            self._part_rates()
        self._variant, self._planned, self._taken = variant, steps, 0
        self.optimiser.register_step_pre_hook(self._set_rates)

    def _part_rates(self) -> None:
        """B in a group of its own, so that it can learn faster."""
        (group,) = self.optimiser.param_groups
        fast = [w for name, w in self.weights.items() if ".lora_B" in name]
        ids = {id(w) for w in fast}
        group["params"] = [w for w in group["params"] if id(w) not in ids]
        settings = {k: v for k, v in group.items() if k != "params"}
        self.optimiser.add_param_group({**settings, "params": fast, "fast": True})

    def _set_rates(self, optimiser: Any, *_: Any) -> None:
        for group in optimiser.param_groups:
            if self._variant.cosine:
                group["lr"] = cosine(self.recipe, self._taken, self._planned)
            if group.get("fast"):
                group["lr"] *= self._variant.b_rate
        self._taken += 1


def cosine(recipe: Recipe, step: int, steps: int) -> float:
    """Linear warm-up, then half a cosine to a tenth."""
    warmup = max(1, int(steps * recipe.warmup))
    way = min(1.0, max(0.0, (step - warmup) / max(1, steps - warmup)))
    down = 0.1 + 0.45 * (1 + math.cos(math.pi * way))
    return recipe.learning_rate * min((step + 1) / warmup, down)


@contextmanager
def completed(settings: Mapping[str, Any]) -> Iterator[None]:
    """Whoever makes a `peft.LoraConfig` meanwhile makes it with `settings` besides."""
    import peft

    plain = peft.LoraConfig
    if settings:
        peft.LoraConfig = lambda **own: plain(**{**own, **settings})
    try:
        yield
    finally:
        peft.LoraConfig = plain
