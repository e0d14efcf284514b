"""What makes up a recipe of others, and the schedules that they use. Knows nothing of training."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from microtune.words import Document
from microtune_adapters.examples import Example, Nearest, heldout_examples

ALL_LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
ALL_PIECES = 10**6

# document, retrieval or None, pieces at most → its examples
Prompts = Callable[[Document, Nearest | None, int], Sequence[Example]]
# step from 0, steps in all → factor of the learning rate
Schedule = Callable[[int, int], float]


@dataclass(frozen=True, slots=True)
class Rival:
    """`scale` is alpha over rank. `own_end`: steps as the recipe has them, by number of examples.

    `masked`: loss on the person's words alone. `prompts` makes its examples where it has a form of
    its own; `retrieves`: they come with retrieved passages in training too. `by_length`: examples
    of like length share a batch, and those that fill none are left out.
    """

    name: str
    rank: int
    scale: float
    learning_rate: float
    schedule: Schedule
    own_end: Callable[[int], int]
    batch: int
    length: int
    dropout: float = 0.0
    weight_decay: float = 0.0
    betas: tuple[float, float] = (0.9, 0.999)
    clip: float | None = None
    last_layers: int | None = None
    masked: bool = True
    by_length: bool = False
    prompts: Prompts | None = None
    retrieves: bool = False


def our_prompts(document: Document, nearest: Nearest | None, most: int) -> Sequence[Example]:
    """For recipes without prompts of their own: those that texts are scored with, the best."""
    return heldout_examples(document, nearest, most)


def linear(warmup: int, step: int, steps: int) -> float:
    """Up from nothing in `warmup` steps, then down to nothing."""
    if step < warmup:
        return step / warmup
    return max(0.0, (steps - step) / max(1, steps - warmup))


def uncorrected(betas: tuple[float, float], step: int) -> float:
    """By what an Adam that corrects the bias of its averages is to be multiplied to be one that
    does not: (1 - b1^t) / sqrt(1 - b2^t)."""
    first, second = (1 - beta ** (step + 1) for beta in betas)
    return float(first / second**0.5)
