"""The weights of a peft model of torch as `LoraWeights`, back, and as a PEFT folder.

Knows nothing of training.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from microtune.errors import MicrotuneError, first_aid
from microtune_adapters.lora_weights import LoraWeights
from microtune_adapters.peft_format import PREFIX, write_peft
from microtune_adapters.recipes import Recipe


def lora_of(parameters: Mapping[str, Any], recipe: Recipe) -> LoraWeights:
    """The adapter in the trainable `parameters` of a peft model that was made by `recipe`."""
    modules: dict[str, dict[str, Any]] = {}
    for module, part, weight in _placed(parameters):
        modules.setdefault(module, {})[part] = weight.detach().float().cpu().numpy()
    return LoraWeights(
        rank=recipe.rank,
        alpha=float(recipe.alpha),
        scale=recipe.alpha / recipe.rank,
        modules={name: (pair["A"], pair["B"]) for name, pair in modules.items()},
    )


def load_lora(parameters: Mapping[str, Any], weights: LoraWeights) -> None:
    """Give `parameters` the values of `weights`, which have the same modules and shapes."""
    import torch

    with torch.no_grad():
        for module, part, weight in _placed(parameters):
            weight.copy_(torch.from_numpy(weights.modules[module]["AB".index(part)]))


def write_adapter(out: Path, parameters: Mapping[str, Any], recipe: Recipe) -> Path:
    """Write the adapter as a PEFT folder at `out`, and return that. Raises `MicrotuneError`."""
    from safetensors import SafetensorError

    try:
        write_peft(out, lora_of(parameters, recipe), base_name="")
    except (OSError, SafetensorError) as error:
        raise MicrotuneError(
            f"could not write the adapter in {out} ({error})",
            f"{first_aid(error)} and run `microtune train` again; no training is lost.",
        ) from error
    return out


def _placed(parameters: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Module, "A" or "B", and the parameter."""
    for name, weight in parameters.items():
        module, part = name.removeprefix(PREFIX).split(".lora_")
        yield module, part[0], weight
