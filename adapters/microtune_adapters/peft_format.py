"""Reads and writes an adapter as PEFT keeps it on disk, strictly: plain LoRA, finite, complete.

The form is PEFT's (https://huggingface.co/docs/peft/developer_guides/checkpoint). Knows nothing of
torch, bases or the library.
"""

import json
import math
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

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
PREFIX = "base_model.model."
KEY = re.compile(
    re.escape(PREFIX)
    + r"(?P<module>model\.layers\.(?P<layer>\d{1,5})\.(?P<projection>[a-z_.]+))"
    + r"\.lora_(?P<part>[AB])\.weight"
)
NOT_PLAIN = (
    *("use_dora", "use_qalora", "use_bdlora", "lora_bias", "fan_in_fan_out", "rank_pattern"),
    *("alpha_pattern", "modules_to_save", "trainable_token_indices", "layer_replication"),
    *("target_parameters", "alora_invocation_tokens", "megatron_config", "exclude_modules"),
)
PLAIN_STARTS = (None, True, False, "gaussian", "orthogonal", "eva")  # others change the base


def read_peft(folder: Path, layers: int | None = None) -> LoraWeights:
    """The adapter in a PEFT folder; `layers` is the number of layers of its base, if known.

    Raises `MicrotuneError` unless it is a plain LoRA of attention and feed-forward projections
    that has every tensor which its configuration names, all of them finite, and not all of B zero.
    """
    config = _read_config(folder)
    rank, alpha, scale = _scale(folder, config)
    parts = _parts(folder)
    return checked(folder, rank, alpha, scale, parts, _named(folder, config, parts, layers))


def write_peft(folder: Path, weights: LoraWeights, base_name: str) -> None:
    """Write `weights` as a PEFT folder that `PeftModel.from_pretrained` reads.

    The same weights give the same bytes. No path of this machine gets into the files.
    """
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base_name,
        "r": weights.rank,
        "lora_alpha": weights.scale * weights.rank,
        "lora_dropout": 0.0,
        "bias": "none",
        "target_modules": weights.projections,
        "layers_to_transform": weights.layers,
        "inference_mode": True,
    }
    tensors = {
        f"{PREFIX}{name}.lora_{part}.weight": np.ascontiguousarray(array, np.float32)
        for name, pair in weights.modules.items()
        for part, array in zip("AB", pair, strict=True)
    }
    (folder / CONFIG).write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})


def _read_config(folder: Path) -> dict[str, Any]:
    """The configuration, once it is known to be a plain LoRA."""
    try:
        config = json.loads((folder / CONFIG).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        refuse(folder, f"has no readable {CONFIG}", remedy_for(error))
    if not isinstance(config, dict) or config.get("peft_type") != "LORA":
        refuse(folder, "is no LoRA", "Only LoRA adapters can be used.")
    odd = [key for key in NOT_PLAIN if config.get(key)]
    if config.get("bias", "none") != "none":
        odd.append("bias")
    start = config.get("init_lora_weights")
    if not any(
        start is plain or (isinstance(start, str) and start == plain) for plain in PLAIN_STARTS
    ):
        odd.append("init_lora_weights")
    if odd:
        refuse(folder, f"is no plain LoRA ({', '.join(odd)})", "Train it as a plain LoRA.")
    return config


def _scale(folder: Path, config: Mapping[str, Any]) -> tuple[int, float, float]:
    """Rank, alpha, and the factor of B A (alpha / rank; rsLoRA, arXiv 2312.03732, by its root)."""
    rank, alpha = config.get("r"), config.get("lora_alpha")
    if not isinstance(rank, int) or isinstance(rank, bool) or not 1 <= rank <= LARGEST_RANK:
        refuse(folder, f"has the rank {rank!r:.40}")
    if not isinstance(alpha, int | float) or not 0 < alpha < 1e6:
        refuse(folder, f"has the alpha {alpha!r:.40}")
    divisor = math.sqrt(rank) if config.get("use_rslora") else rank
    return rank, float(alpha), alpha / divisor


def _parts(folder: Path) -> dict[str, dict[str, NDArray[Any]]]:
    """A and B of each module, as the file has them."""
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
        parts.setdefault(match["module"], {})[match["part"]] = tensor
    return parts


def _named(
    folder: Path, config: Mapping[str, Any], modules: Mapping[str, Any], layers: int | None
) -> set[str]:
    """Every module that the configuration names."""
    targets, named = config.get("target_modules"), config.get("layers_to_transform")
    if not isinstance(targets, list) or not all(isinstance(t, str) for t in targets):
        refuse(folder, "does not list its target modules")
    for target in targets:
        if not any(f".{p}".endswith(f".{target}") for p in KNOWN):
            refuse(folder, f"targets {target!r:.100}, which microtune does not know")
    projections = [p for p in KNOWN if any(f".{p}".endswith(f".{t}") for t in targets)]
    if named is None:
        present = [int(name.split(".")[2]) for name in modules]
        named = range(layers if layers is not None else max(present, default=-1) + 1)
    elif not isinstance(named, list):
        named = [named]
    return {module_name(layer, p) for layer in named for p in projections}
