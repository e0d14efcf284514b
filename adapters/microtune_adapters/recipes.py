"""Recipes: how a run trains, chosen from the data and the machine and never asked of the person."""

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

ALL_LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides a run's outcome besides base and data.

    `row` is in tokens, `batch` in rows a step. `minutes` bounds the training loop alone. `layers`:
    how many of the base's last layers are adapted, 0 for all. `recompute`: what a layer computes
    is computed again for its gradients instead of kept, which takes little memory and more time.
    `anchor`: the weight of what holds the adapter to its base on general text (see
    `microtune_adapters.anchor`), 0 for none; it sees a general text for every `anchor_rows` rows.
    """

    rank: int = 16
    alpha: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    warmup: float = 0.05  # share of the steps
    decay: float = 0.5  # share of the steps, at the end, linear to a tenth
    epochs: int = 4
    row: int = 512
    batch: int = 4
    patience: int = 3  # validations without improvement before stopping, once the rate comes down
    precision: str = "fp32"  # "fp32" or "bf16"
    seed: int = 0
    minutes: float = 3.0
    targets: tuple[str, ...] = ALL_LINEAR
    layers: int = 0
    recompute: bool = False
    anchor: float = 2.0
    anchor_rows: int = 4

    def adapted(self, layers: int) -> range:
        """The numbers of the layers that are adapted, of a base with so many."""
        return range(layers - self.layers if 0 < self.layers < layers else 0, layers)

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "targets": list(self.targets)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Recipe | None":
        """The recipe that `to_dict` gave; None where another version of microtune wrote it."""
        if values.keys() != {field.name for field in fields(cls)}:
            return None
        return cls(**{**values, "targets": tuple(values["targets"])})


def choose_recipe(
    *, words: int, parameters: int, context: int, minutes: float, seed: int = 0
) -> Recipe:
    """A recipe for `words` of training text on a base of `parameters`, whatever the memory (see
    `microtune_adapters.training_memory.fitted`).

    The figures for small bases come from people's texts and pocket (docs/recipe.md), of whose six
    layers the last three are adapted: a step is quicker than with all, and more steps are worth
    more than more layers. Large bases take what the field uses for them. Little text is passed
    over more often; early stopping watches.
    """
    small_base = parameters < 100_000_000
    return Recipe(
        rank=32 if small_base else 16,
        alpha=128 if small_base else 32,
        learning_rate=1e-3 if small_base else 2e-4,
        layers=3 if small_base else 0,
        epochs=8 if words < 20_000 else 5 if words < 100_000 else 3,
        row=min(512, context),
        batch=2,
        minutes=minutes,
        seed=seed,
    )


def continued(recipe: Recipe, seed: int) -> Recipe:
    """The same for a run that goes on from an adapter: a tenth of the rate, reached later since
    the optimiser begins without its averages, and three epochs at most.

    Chosen on one person's mailing-list posts and pocket, 1,500 new words and 3,000 replayed: rates
    of 7.5e-5 and 1.5e-4 did as well, and better than 4.5e-4; 1.5e-3 forgot.
    """
    return replace(
        recipe, learning_rate=recipe.learning_rate * 0.1, warmup=0.2, epochs=3, seed=seed
    )


def learning_rate(recipe: Recipe, step: int, steps: int) -> float:
    """Linear warm-up, a plateau, linear decay to a tenth (warm-up-stable-decay)."""
    warmup = max(1, int(steps * recipe.warmup))
    tail = max(1, int(steps * recipe.decay))
    down = 0.1 + 0.9 * (steps - step) / tail
    return recipe.learning_rate * min(1.0, (step + 1) / warmup, down)
