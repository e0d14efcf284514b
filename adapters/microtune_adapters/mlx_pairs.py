"""Learning from preference pairs in mlx: the objective of `torch_pairs`, and its pace."""

from typing import Any

import mlx.core as mx
import mlx.nn as nn

from microtune_adapters.mlx_loss import row_losses
from microtune_adapters.rows import Rows
from microtune_adapters.torch_pairs import BETA, MARGIN


def preferred(model: Any, rows: Rows, at: slice) -> mx.array:
    """SimPO's loss of these pairs."""
    nats, counts = row_losses(model, rows.take(slice(2 * at.start, 2 * at.stop)).trimmed())
    by_token = -nats / counts
    lead: mx.array = nn.log_sigmoid(BETA * (by_token[::2] - by_token[1::2] - MARGIN))
    return -lead.mean()
