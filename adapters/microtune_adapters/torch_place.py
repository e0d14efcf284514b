"""Where torch trains, and in which form the base lies there: the processor, or an NVIDIA card.

On a card the base is in bfloat16. Where that is too large and bitsandbytes is installed, the
matrices of its layers are in four bits (NF4, Dettmers et al., 2023, arXiv 2305.14314), which are
no longer quite those that are served.
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any, Literal

from microtune.errors import MicrotuneError
from microtune_adapters.recipes import Recipe
from microtune_adapters.training_memory import (
    USABLE,
    Shape,
    card_memory_mb,
    expected_memory_mb,
    loading_memory_mb,
)

Form = Literal["fp32", "bf16", "nf4"]


@dataclass(frozen=True, slots=True)
class Place:
    """A torch device, and what the base's weights are there."""

    device: str
    form: Form


PROCESSOR = Place("cpu", "fp32")


def card_mb() -> int:
    """Memory of the NVIDIA card that training would use, in MB (10^6 bytes); 0 where there is
    none, or none that computes in bfloat16."""
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of drivers too old for this torch
        there = torch.cuda.is_available()
    if not there or not torch.cuda.is_bf16_supported(including_emulation=False):
        return 0
    return int(torch.cuda.get_device_properties(0).total_memory) // 1_000_000


def has_four_bits() -> bool:
    """Whether bitsandbytes is installed."""
    return find_spec("bitsandbytes") is not None


def on_card(base: Shape, recipe: Recipe, memory_mb: int, four_bit: bool) -> Recipe | None:
    """The recipe as a card of so much memory computes it, which is in bfloat16: with layers
    computed again where it asks for that, with four bits only where nothing else has room. None
    where that has none either."""
    kept = replace(recipe, precision="bf16")
    again = replace(kept, recompute=True)
    forms = [(way, form_on(base, way, memory_mb, four_bit)) for way in (kept, again)]
    exact = (way for way, form in forms if form == "bf16")
    return next(exact, next((way for way, form in forms if form), None))


def place_of(base: Shape, recipe: Recipe) -> Place:
    """Where a run by this recipe is computed."""
    memory_mb = card_mb() if recipe.precision == "bf16" else 0
    form = form_on(base, recipe, memory_mb, has_four_bits())
    return Place("cuda", form) if form else PROCESSOR


def expected_mb(base: Shape, recipe: Recipe) -> tuple[int, int]:
    """About how many MB a run by this recipe takes at its peak: of the machine's memory, and of the
    card's, 0 where it computes on the processor."""
    place = place_of(base, recipe)
    if place == PROCESSOR:
        return expected_memory_mb(base, recipe), 0
    return loading_memory_mb(base), card_memory_mb(base, recipe, place.form)


def form_on(base: Shape, recipe: Recipe, memory_mb: int, four_bit: bool) -> Form | None:
    """What the base is on a card of so much memory, as exact as there is room for."""
    forms: tuple[Form, ...] = ("bf16", "nf4") if four_bit else ("bf16",)
    fitting = (f for f in forms if card_memory_mb(base, recipe, f) <= memory_mb * USABLE)
    return next(fitting, None)


@contextmanager
def said_if_full() -> Iterator[None]:
    """Turn what torch raises on a full card into `MicrotuneError`."""
    import torch

    try:
        yield
    except torch.OutOfMemoryError as error:
        raise MicrotuneError(
            "the graphics card has no memory left for training",
            "Close what else uses it and run `microtune train` again, or "
            "`CUDA_VISIBLE_DEVICES= microtune train --anew` to train on the processor.",
        ) from error


def put(model: Any, place: Place) -> Any:
    """Move a transformers causal LM in float32 there; the model itself, changed. Raises
    `MicrotuneError` where the card has no room after all."""
    import torch

    if place.form != "fp32":
        model.to(torch.bfloat16)
    if place.form == "nf4":
        _in_four_bits(model)
    if place.device == "cuda":  # cuDNN plans each new length anew: a third of a step on an H200
        torch.backends.cuda.enable_cudnn_sdp(False)
    with said_if_full():
        return model.to(place.device)


def waiting(device: str) -> Callable[[], None]:
    """What waits until `device` has done all that it was given."""
    import torch

    return torch.cuda.synchronize if device == "cuda" else lambda: None


def _in_four_bits(model: Any) -> None:
    """Have bitsandbytes hold the layers' matrices, which it quantises when they reach the card.
    Embedding and head stay as they are."""
    import torch

    for layer in model.model.layers:
        for name, module in list(layer.named_modules()):
            if isinstance(module, torch.nn.Linear):
                layer.set_submodule(name, _four_bit(module))
    model.is_loaded_in_4bit = True  # tells peft


def _four_bit(module: Any) -> Any:
    import torch
    from bitsandbytes.nn import Linear4bit, Params4bit

    held = Linear4bit(
        module.in_features,
        module.out_features,
        bias=module.bias is not None,
        compute_dtype=torch.bfloat16,
        quant_type="nf4",
        device="meta",
    )
    held.weight = Params4bit(module.weight.data, requires_grad=False, quant_type="nf4")
    held.bias = module.bias
    return held
