"""Muon for the matrices, AdamW for embeddings and norms, warm-up-stable-decay for both.

Muon: momentum, orthogonalised by five Newton-Schulz steps (Jordan et al., 2024,
"Muon: an optimizer for hidden layers"). Schedule: Hu et al., 2024 (MiniCPM).
"""

import torch
from torch import Tensor, nn


def orthogonalised(updates: Tensor, steps: int = 5) -> Tensor:
    """[count, rows, columns] → roughly the nearest semi-orthogonal matrices: singular values end
    between 0.7 and 1.2."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = (updates / (updates.norm(dim=(1, 2), keepdim=True) + 1e-7)).bfloat16()
    tall = x.shape[1] > x.shape[2]
    x = x.mT if tall else x
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if tall else x).float()


class Muon(torch.optim.Optimizer):
    """Matrices of one shape are orthogonalised together: few large products, not many small."""

    def __init__(
        self, parameters: list[nn.Parameter], lr: float, momentum: float = 0.95, decay: float = 0.1
    ) -> None:
        groups: dict[torch.Size, list[nn.Parameter]] = {}
        for weight in parameters:
            groups.setdefault(weight.shape, []).append(weight)
        settings = {"lr": lr, "momentum": momentum, "decay": decay}
        super().__init__([{"params": alike} for alike in groups.values()], settings)

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            weights = [w for w in group["params"] if w.grad is not None]
            if not weights:
                continue
            updates = torch.stack([self._momentum(w, group["momentum"]) for w in weights])
            rows, columns = updates.shape[1:]
            size = max(1.0, rows / columns) ** 0.5
            for weight, update in zip(weights, orthogonalised(updates), strict=True):
                weight.mul_(1 - group["lr"] * group["decay"])
                weight.add_(update, alpha=-group["lr"] * size)

    def _momentum(self, weight: nn.Parameter, momentum: float) -> Tensor:
        """Nesterov's: the gradient leant towards its running mean."""
        assert weight.grad is not None
        buffer = self.state[weight].setdefault("momentum", torch.zeros_like(weight))
        buffer.lerp_(weight.grad, 1 - momentum)
        return weight.grad.lerp(buffer, momentum)


def optimisers(
    model: nn.Module, *, matrix_rate: float, embedding_rate: float
) -> list[torch.optim.Optimizer]:
    """Muon for the layers' matrices at `matrix_rate`, AdamW for the rest at `embedding_rate`."""
    named = list(model.named_parameters())
    matrices = [w for n, w in named if w.ndim == 2 and "embed" not in n]
    others = [w for n, w in named if w.ndim == 1 or "embed" in n]
    adam = torch.optim.AdamW(
        others, lr=embedding_rate, weight_decay=0.0, betas=(0.9, 0.95), fused=True
    )
    made: list[torch.optim.Optimizer] = [Muon(matrices, lr=matrix_rate), adam]
    for optimiser in made:
        for group in optimiser.param_groups:
            group["peak"] = group["lr"]
    return made


def rate(step: int, steps: int, warmup: int = 100, decay: float = 0.5) -> float:
    """The share of the peak rate at `step`: linear warm-up, stable, linear decay to zero."""
    tail = max(1, int(steps * decay))
    return min(1.0, (step + 1) / warmup, (steps - step) / tail)


def set_rate(made: list[torch.optim.Optimizer], share: float) -> None:
    for optimiser in made:
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * share
