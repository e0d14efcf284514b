"""Muon for the matrices, AdamW for embeddings and norms, warm-up-stable-decay for both.

Muon: momentum, orthogonalised by five Newton-Schulz steps (Jordan et al., 2024,
"Muon: an optimizer for hidden layers"). Schedule: Hu et al., 2024 (MiniCPM).
"""

import torch
from torch import Tensor, nn


def orthogonalised(update: Tensor, steps: int = 5) -> Tensor:
    """The nearest semi-orthogonal matrix, roughly: singular values end between 0.7 and 1.2."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = update.bfloat16() / (update.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.T if tall else x).float()


class Muon(torch.optim.Optimizer):
    def __init__(
        self, parameters: list[nn.Parameter], lr: float, momentum: float = 0.95, decay: float = 0.1
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "decay": decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                buffer = state.setdefault("momentum", torch.zeros_like(weight))
                buffer.lerp_(weight.grad, 1 - group["momentum"])
                update = orthogonalised(weight.grad.lerp(buffer, group["momentum"]))
                size = max(1.0, weight.shape[0] / weight.shape[1]) ** 0.5
                weight.mul_(1 - group["lr"] * group["decay"]).add_(
                    update, alpha=-group["lr"] * size
                )


def optimisers(model: nn.Module) -> list[torch.optim.Optimizer]:
    named = list(model.named_parameters())
    matrices = [w for n, w in named if w.ndim == 2 and "embed" not in n]
    embeddings = [w for n, w in named if "embed" in n]
    norms = [w for n, w in named if w.ndim == 1]
    adam = torch.optim.AdamW(
        [
            {"params": embeddings, "lr": 3e-3, "weight_decay": 0.0},
            {"params": norms, "lr": 3e-3, "weight_decay": 0.0},
        ],
        betas=(0.9, 0.95),
        fused=True,
    )
    made: list[torch.optim.Optimizer] = [Muon(matrices, lr=0.02), adam]
    for optimiser in made:
        for group in optimiser.param_groups:
            group["peak"] = group["lr"]
    return made


def rate(step: int, steps: int, warmup: int = 100, decay: float = 0.3) -> float:
    """The share of the peak rate at `step`: linear warm-up, stable, linear decay to zero."""
    tail = max(1, int(steps * decay))
    return min(1.0, (step + 1) / warmup, (steps - step) / tail)


def set_rate(made: list[torch.optim.Optimizer], share: float) -> None:
    for optimiser in made:
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * share
