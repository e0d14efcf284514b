"""Cross-entropy over a vocabulary whose logits never stand in memory whole.

The loss is the network's last step, so its gradient is computed with it, chunk by chunk, and only
kept scaled in the backward pass: the logits of a chunk stay in the cache, and none are recomputed
(as in Hsu et al., 2024, "Liger Kernel").
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

NONE = -100  # the target of a place without loss
_CHUNK = {"cpu": 1024, "cuda": 16384}  # places whose logits stand in memory at one time

Step = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]


def nats_and_gradient(rows: Tensor, head: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Summed loss of a chunk and its gradient [places, vocabulary] towards the logits."""
    logits = (rows @ head.T).float()
    logs = logits - logits.logsumexp(-1, keepdim=True)
    nats = -logs.gather(1, targets[:, None]).sum()
    chosen = torch.arange(len(head), device=head.device) == targets[:, None]
    return nats, (logs.exp() - chosen.float()).to(rows.dtype)


class _SummedLoss(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, places: Tensor, weight: Tensor, targets: Tensor, step: Step) -> Tensor:
        device = places.device.type
        mixed = torch.is_autocast_enabled(device)
        dtype = torch.get_autocast_dtype(device) if mixed else places.dtype
        rows, head = places.detach().to(dtype), weight.detach().to(dtype)
        towards_rows, towards_head = torch.empty_like(rows), torch.zeros_like(weight)
        total = torch.zeros((), device=places.device)
        for at in range(0, len(rows), size := _CHUNK[device]):
            chunk = rows[at : at + size]
            nats, gradient = step(chunk, head, targets[at : at + size])
            total += nats
            towards_rows[at : at + size] = gradient @ head
            towards_head += gradient.T @ chunk
        ctx.save_for_backward(towards_rows.to(places.dtype), towards_head)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, None, None]:
        towards_rows, towards_head = ctx.saved_tensors
        return towards_rows * gradients[0], towards_head * gradients[0], None, None


def summed_loss(
    hidden: Tensor, weight: Tensor, targets: Tensor, step: Step = nats_and_gradient
) -> Tensor:
    """Nats summed over the targets [batch, length] that are not `NONE`; hidden states [batch,
    length, width]; weight [vocabulary, width]; `step` may be a compiled `nats_and_gradient`."""
    chosen = (targets != NONE).flatten().nonzero().squeeze(1)
    places = hidden.flatten(0, 1)[chosen]
    total: Tensor = _SummedLoss.apply(places, weight, targets.flatten()[chosen], step)
    return total
