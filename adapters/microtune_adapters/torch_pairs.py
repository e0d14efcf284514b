"""Learning from preference pairs, beside the texts of a run.

The objective is SimPO's (Meng et al., 2024, arXiv 2405.14734): the better text is to be likelier by
the token than the other, by a margin. It needs no second model to compare with; what keeps the
adapter from drifting is that it learns from the person's texts in every step.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from microtune_adapters.packed_loss import row_losses
from microtune_adapters.rows import Rows

BETA, MARGIN = 2.0, 0.5
WEIGHT = 0.1  # of a pair's loss beside that of the texts: 0.5 cost the texts nearly all they gain
PASSES = 4  # over the pairs, at most

# network, rows of all pairs, which pairs → loss
Objective = Callable[[Any, Rows, slice], Tensor]


class PairLesson:
    """The pairs of a run (see `microtune_adapters.pair_rows`), spread evenly over its steps."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows) // 2

    def due(self, step: int, steps: int) -> slice | None:
        """Which pair is seen in this step of so many; None for none."""
        total = min(steps, PASSES * len(self))
        before, after = step * total // steps, (step + 1) * total // steps
        at = before % max(1, len(self))
        return slice(at, at + 1) if after > before else None

    def backward(self, network: Any, at: slice) -> float:
        """The weighted loss of these pairs; its gradients are added to the weights'."""
        loss = WEIGHT * objective(network, self.rows, at)
        torch.autograd.backward(loss)
        return float(loss.item())


def preferred(network: Any, rows: Rows, at: slice) -> Tensor:
    """SimPO's loss of these pairs."""
    nats, counts = row_losses(network, rows.take(slice(2 * at.start, 2 * at.stop)).trimmed())
    by_token = -nats / counts
    return -F.logsigmoid(BETA * (by_token[::2] - by_token[1::2] - MARGIN)).mean()


objective: Objective = preferred
