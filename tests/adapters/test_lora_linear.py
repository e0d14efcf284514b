"""Adapted projections computed as one step give peft's own values and gradients."""

import copy
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model

from microtune_adapters.lora_linear import quicken
from microtune_adapters.packed_loss import summed_loss
from microtune_adapters.recipes import ALL_LINEAR
from microtune_adapters.torch_base import TorchBase, quiet
from tests.adapters.trainer_contract import ROWS

LAYERS = [None, [1]]  # all, and the last alone


def adapted(base: TorchBase, layers: list[int] | None, quick: bool, **settings: Any) -> Any:
    """A peft model whose adapter does something."""
    torch.manual_seed(0)
    lora = LoraConfig(
        r=4,
        lora_alpha=12,
        target_modules=list(ALL_LINEAR),
        layers_to_transform=layers,
        task_type="CAUSAL_LM",
        **settings,
    )
    with quiet():
        model = get_peft_model(copy.deepcopy(base.model), lora)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "lora_B" in name:
                weight.normal_(0, 0.05)
    if quick:
        quicken(model)
    return model


def loss_and_gradients(model: Any) -> tuple[float, dict[str, torch.Tensor]]:
    loss, _ = summed_loss(model.get_base_model(), ROWS)
    torch.autograd.backward(loss)
    return loss.item(), {n: w.grad for n, w in model.named_parameters() if w.grad is not None}


@pytest.mark.parametrize("layers", LAYERS)
def test_loss_and_gradients_are_those_of_peft(
    torch_base: TorchBase, layers: list[int] | None
) -> None:
    loss, gradients = loss_and_gradients(adapted(torch_base, layers, quick=False))
    quick_loss, quick = loss_and_gradients(adapted(torch_base, layers, quick=True))
    assert quick_loss == pytest.approx(loss, rel=1e-6)
    assert quick.keys() == gradients.keys()
    assert all(".lora_" in name for name in quick)
    for name, gradient in gradients.items():
        assert torch.allclose(quick[name], gradient, rtol=1e-3, atol=1e-4 * gradient.abs().max())


@pytest.mark.parametrize("settings", [{"use_dora": True}, {"lora_dropout": 0.5}])
def test_what_is_no_plain_lora_computes_as_peft_has_it(
    torch_base: TorchBase, settings: dict[str, Any]
) -> None:
    def computed(quick: bool) -> tuple[float, set[str]]:
        model = adapted(torch_base, None, quick, **settings).train()
        torch.manual_seed(1)  # of what is dropped
        loss, gradients = loss_and_gradients(model)
        return loss, set(gradients)

    (loss, learning), (quick_loss, quick_learning) = computed(False), computed(True)
    assert quick_loss == pytest.approx(loss, rel=1e-6)
    assert quick_learning == learning


def test_in_half_precision_they_are_nearly_the_same(torch_base: TorchBase) -> None:
    loss, gradients = loss_and_gradients(adapted(torch_base, None, quick=True))
    with torch.autocast("cpu", torch.bfloat16):
        rough_loss, rough = loss_and_gradients(adapted(torch_base, None, quick=True))
    assert rough_loss == pytest.approx(loss, rel=0.01)
    for name, gradient in gradients.items():
        assert float((rough[name] - gradient).norm()) < 0.1 * float(gradient.norm())


def test_without_the_adapter_it_is_the_base(torch_base: TorchBase) -> None:
    model = adapted(torch_base, None, quick=True)
    with torch.no_grad():
        base, _ = summed_loss(torch_base.model, ROWS)
        with model.disable_adapter():
            off, _ = summed_loss(model.get_base_model(), ROWS)
        on, _ = summed_loss(model.get_base_model(), ROWS)
    assert float(off) == pytest.approx(float(base), rel=1e-7)
    assert float(on) != pytest.approx(float(base), rel=1e-3)
