"""Objectives for preference pairs that were tried; the product has the one that cost the least.

Each is a function of the network, the rows of all pairs and which pairs: the loss of those. The
likelihoods are of texts without their end; see `microtune_adapters.pair_rows`.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from microtune_adapters.packed_loss import row_losses
from microtune_adapters.rows import Rows


def likelihoods(network: Any, rows: Rows, at: slice) -> tuple[Tensor, Tensor]:
    """Log-likelihoods [2 x pairs] of the texts, and their numbers of tokens."""
    nats, counts = row_losses(network, rows.take(slice(2 * at.start, 2 * at.stop)).trimmed())
    return -nats, counts


def chosen_alone(network: Any, rows: Rows, at: slice) -> Tensor:
    """Plain fine-tuning on the better text."""
    likely, counts = likelihoods(network, rows, at)
    return -(likely[::2] / counts[::2]).mean()


def dpo(network: Any, rows: Rows, at: slice, beta: float = 0.1) -> Tensor:
    """Rafailov et al., 2023 (arXiv 2305.18290); the reference is the bare base."""
    likely, _ = likelihoods(network, rows, at)
    with torch.no_grad(), bare(network):
        before, _ = likelihoods(network, rows, at)
    gain = likely - before
    return -F.logsigmoid(beta * (gain[::2] - gain[1::2])).mean()


def simpo(network: Any, rows: Rows, at: slice, beta: float = 2.0, margin: float = 0.5) -> Tensor:
    """Meng et al., 2024 (arXiv 2405.14734)."""
    likely, counts = likelihoods(network, rows, at)
    by_token = likely / counts
    return -F.logsigmoid(beta * (by_token[::2] - by_token[1::2] - margin)).mean()


def orpo(network: Any, rows: Rows, at: slice, weight: float = 0.5) -> Tensor:
    """Hong et al., 2024 (arXiv 2403.07691): fine-tuning on the better text, and its odds."""
    likely, counts = likelihoods(network, rows, at)
    by_token = (likely / counts).clamp(max=-1e-4)
    odds = by_token - torch.log1p(-by_token.exp())
    ratio = -F.logsigmoid(odds[::2] - odds[1::2])
    return (-by_token[::2] + weight * ratio).mean()


class bare:
    """The network without its adapter, for as long as the block lasts."""

    def __init__(self, network: Any) -> None:
        from peft.tuners.tuners_utils import BaseTunerLayer

        self._layers = [m for m in network.modules() if isinstance(m, BaseTunerLayer)]

    def __enter__(self) -> None:
        for layer in self._layers:
            layer.enable_adapters(False)

    def __exit__(self, *_: object) -> None:
        for layer in self._layers:
            layer.enable_adapters(True)


OBJECTIVES = {
    "chosen alone": chosen_alone,
    "DPO": dpo,
    "SimPO": simpo,
    "ORPO": orpo,
}
