"""Reads and writes an adapter as mlx-lm keeps it on disk, as strictly as PEFT's.

The form is mlx-lm's (https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/LORA.md): A and B are
transposed, one scale stands for alpha / rank, and what is adapted are the last `num_layers` layers.
mlx-lm itself takes a NaN adapter, an empty or a partial one without a word; this does not. Knows
nothing of mlx, bases or the library.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microtune_adapters.lora_weights import (
    KNOWN,
    LARGEST_RANK,
    LoraWeights,
    check_tensor,
    checked,
    module_name,
    refuse,
    remedy_for,
)
from microtune_adapters.tensor_file import read_tensors

CONFIG, WEIGHTS = "adapter_config.json", "adapters.safetensors"
KEY = re.compile(
    r"(?P<module>model\.layers\.(?P<layer>\d{1,5})\.(?P<projection>[a-z_.]+))"
    r"\.lora_(?P<part>[ab])"
)


def read_mlx(folder: Path, layers: int | None = None) -> LoraWeights:
    """The adapter in an mlx-lm folder; `layers` is the number of layers of its base, if known.

    Raises `MicrotuneError` unless it is a plain LoRA of attention and feed-forward projections
    that has them in every layer which its configuration means, finite, and not all of B zero.
    """
    config = _read_config(folder)
    parameters = config["lora_parameters"]
    rank, scale = _rank_and_scale(folder, parameters)
    parts = _parts(folder)
    keys = _keys(folder, parameters, parts)
    expected = {
        module_name(layer, key) for layer in _layers(folder, config, parts, layers) for key in keys
    }
    return checked(folder, rank, scale * rank, scale, parts, expected)


def write_mlx(folder: Path, weights: LoraWeights, layers: int, base_name: str = "") -> None:
    """Write `weights`, an adapter of a base of that many layers, as a folder that
    `mlx_lm.load(…, adapter_path=folder)` reads.

    mlx-lm adapts every layer from some layer on: what `weights` leaves out there is filled in with
    zeros. The same weights give the same bytes. No path of this machine gets into the files.
    """
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "fine_tune_type": "lora",
        "model": base_name,
        "num_layers": layers - weights.layers[0],
        "lora_parameters": {
            "rank": weights.rank,
            "scale": weights.scale,
            "dropout": 0.0,
            "keys": weights.projections,
        },
    }
    tensors = {
        f"{name}.lora_{part}": np.ascontiguousarray(array.T, np.float32)
        for name, pair in sorted({**_zeros(weights, layers), **weights.modules}.items())
        for part, array in zip("ab", pair, strict=True)
    }
    (folder / CONFIG).write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    save_file(tensors, folder / WEIGHTS, metadata={"format": "mlx"})


def _zeros(weights: LoraWeights, layers: int) -> dict[str, Any]:
    """Changes of nothing, in the shapes of each projection, for every layer that mlx-lm adapts."""
    shapes = {name.split(".", 3)[3]: pair for name, pair in weights.modules.items()}
    return {
        module_name(layer, projection): tuple(np.zeros_like(part) for part in pair)
        for layer in range(weights.layers[0], layers)
        for projection, pair in shapes.items()
    }


def _read_config(folder: Path) -> dict[str, Any]:
    """The configuration, once it is known to be a LoRA's."""
    try:
        config = json.loads((folder / CONFIG).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        refuse(folder, f"has no readable {CONFIG}", remedy_for(error))
    if not isinstance(config, dict) or config.get("fine_tune_type", "lora") != "lora":
        refuse(folder, "is no LoRA", "Only LoRA adapters can be used.")
    if not isinstance(config.get("lora_parameters"), dict):
        refuse(folder, "does not say its lora_parameters")
    return config


def _rank_and_scale(folder: Path, parameters: Mapping[str, Any]) -> tuple[int, float]:
    rank, scale = parameters.get("rank"), parameters.get("scale")
    if not isinstance(rank, int) or isinstance(rank, bool) or not 1 <= rank <= LARGEST_RANK:
        refuse(folder, f"has the rank {rank!r:.40}")
    if not isinstance(scale, int | float) or isinstance(scale, bool) or not 0 < scale < 1e6:
        refuse(folder, f"has the scale {scale!r:.40}")
    return rank, float(scale)


def _parts(folder: Path) -> dict[str, dict[str, NDArray[Any]]]:
    """A [rank, in] and B [out, rank] of each module."""
    try:
        tensors = read_tensors(folder / WEIGHTS)
    except (OSError, ValueError) as error:
        refuse(folder, f"has no readable {WEIGHTS}", remedy_for(error))
    parts: dict[str, dict[str, NDArray[Any]]] = {}
    for key, tensor in sorted(tensors.items()):
        match = KEY.fullmatch(key)
        if not match or match["projection"] not in KNOWN:
            refuse(folder, f"changes {key[:100]!r}, which microtune does not know")
        check_tensor(folder, key, tensor)
        parts.setdefault(match["module"], {})[match["part"].upper()] = tensor.T
    return parts


def _keys(folder: Path, parameters: Mapping[str, Any], modules: Mapping[str, Any]) -> set[str]:
    """What is adapted in each layer: what the configuration names, or else all that is there."""
    keys = parameters.get("keys")
    if keys is None:
        return {name.split(".", 3)[3] for name in modules}
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        refuse(folder, "does not list its keys")
    for key in keys:
        if key not in KNOWN:
            refuse(folder, f"has the key {key[:100]!r}, which microtune does not know")
    return set(keys)


def _layers(
    folder: Path, config: Mapping[str, Any], modules: Mapping[str, Any], layers: int | None
) -> range:
    """The last `num_layers` layers, or all of them if that is 0 or less, as mlx-lm counts."""
    count = config.get("num_layers")
    if not isinstance(count, int) or isinstance(count, bool):
        refuse(folder, f"has the num_layers {count!r:.40}")
    if layers is None:
        layers = max((int(name.split(".")[2]) for name in modules), default=-1) + 1
    return range(max(0, layers - count) if count > 0 else 0, layers)
