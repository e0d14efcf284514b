"""The network's short cuts give what the plain computation gives."""

import pytest
import torch
from torch.nn import functional as F

from scripts.pocket.loss import NONE, summed_loss
from scripts.pocket.model import Pocket, Shape
from scripts.pocket.optimiser import orthogonalised

SHAPE = Shape(vocabulary=300, hidden=64, inner=128, layers=2, context=1024)


def plain_loss(model: Pocket, ids: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    logits = F.linear(model(ids), model.embed_tokens.weight).flatten(0, 1)
    return F.cross_entropy(logits, targets.flatten(), ignore_index=NONE, reduction="sum")


@pytest.mark.parametrize("length", [40, 600])  # within and beyond one chunk of places
def test_loss_and_gradients_are_those_of_cross_entropy(length: int) -> None:
    torch.manual_seed(0)
    model = Pocket(SHAPE)
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=0.1)
    ids, targets = torch.randint(300, (2, 3, length))
    targets[0, : length // 2] = NONE
    hidden = model(ids)
    ours = summed_loss(hidden, model.embed_tokens.weight, targets)
    plain = plain_loss(model, ids, targets)
    assert ours.item() == pytest.approx(plain.item(), rel=1e-5)
    names = [name for name, _ in model.named_parameters()]
    both = [torch.autograd.grad(loss, list(model.parameters())) for loss in (ours, plain)]
    for name, one, other in zip(names, *both, strict=True):
        assert (one - other).abs().max() <= 1e-4 * other.abs().max(), name


def test_no_targets_no_loss() -> None:
    model = Pocket(SHAPE)
    targets = torch.full((1, 8), NONE)
    loss = summed_loss(
        model(torch.ones(1, 8, dtype=torch.long)), model.embed_tokens.weight, targets
    )
    loss.backward()
    assert loss.item() == 0


def test_attention_in_blocks_is_causal_attention() -> None:
    from scripts.pocket.model import _attend

    torch.manual_seed(0)
    q, k, v = torch.randn(3, 2, 4, 700, 16)
    whole = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    assert (_attend(q, k, v) - whole).abs().max() < 1e-5


@pytest.mark.parametrize("shape", [(3, 32, 64), (2, 96, 32)])
def test_muon_levels_the_singular_values_of_each_matrix(shape: tuple[int, int, int]) -> None:
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonalised(torch.randn(shape)))
    assert values.min() > 0.3
    assert values.max() < 1.4
