"""The product of an adapted projection and its gradients, computed as one step.

peft's own adds the low-rank part in passes over the whole output and lets autograd keep all of
them. Here the output is written once, and what is kept for the backward pass is the input and its
projection to the rank. The values are peft's; the method is LoRA's (arXiv 2106.09685).
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F


class _LowRank(torch.autograd.Function):
    """x [tokens, in] → x Wᵀ + bias + scale × (x Aᵀ) Bᵀ, [tokens, out], where W is frozen. In the
    type of W, or in that of autocast where it is on."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, a: Tensor, b: Tensor, scale: float
    ) -> Tensor:
        mixed = torch.is_autocast_enabled(x.device.type)
        kind = torch.get_autocast_dtype(x.device.type) if mixed else weight.dtype
        x, weight, a, b = (each.to(kind) for each in (x, weight, a, b))
        bias = bias if bias is None else bias.to(kind)
        with torch.autocast(x.device.type, enabled=False):
            narrow = x @ a.t()
            made = F.linear(x, weight, bias).addmm_(narrow, b.t(), alpha=scale)
        ctx.scale = scale
        ctx.save_for_backward(x, narrow, weight, a, b)
        return made

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        x, narrow, weight, a, b = ctx.saved_tensors
        grad = grads[0]
        to_narrow = (grad @ b).mul_(ctx.scale)
        to_b = (grad.t() @ narrow).mul_(ctx.scale)
        to_x = torch.addmm(to_narrow @ a, grad, weight) if ctx.needs_input_grad[0] else None
        return to_x, None, None, to_narrow.t() @ x, to_b, None


def quicken(model: Any) -> None:
    """Let the plain LoRA projections of a peft model compute so; their weights stay where they
    are. Those with dropout, and kinds such as DoRA, compute as before."""
    from peft.tuners.lora import Linear

    for module in model.modules():
        if isinstance(module, Linear) and _is_plain(module):
            module.forward = _forward_of(module)


def _is_plain(module: Any) -> bool:
    drops = module.lora_dropout.values()
    return not module.lora_variant and all(isinstance(drop, torch.nn.Identity) for drop in drops)


def _forward_of(module: Any) -> Callable[[Tensor], Tensor]:
    name = module.active_adapters[0]
    return partial(_adapted, module, module.lora_A[name], module.lora_B[name], module.scaling[name])


def _adapted(module: Any, a: Any, b: Any, scale: float, x: Tensor) -> Tensor:
    base = module.base_layer
    if module.disable_adapters:
        return F.linear(x, base.weight, base.bias)
    flat = x.reshape(-1, x.shape[-1])
    made: Tensor = _LowRank.apply(flat, base.weight, base.bias, a.weight, b.weight, scale)  # type: ignore[no-untyped-call]
    return made.view(*x.shape[:-1], -1)
