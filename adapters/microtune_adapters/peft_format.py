"""Reads and writes an adapter as PEFT keeps it on disk, strictly: plain LoRA, finite, complete.

The form is PEFT's (https://huggingface.co/docs/peft/developer_guides/checkpoint), the method
LoRA's (Hu et al., 2021, arXiv 2106.09685). Knows nothing of torch, bases or the library.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from microtune.errors import MicrotuneError, may_be_whole

Array = NDArray[np.float32]

ANOTHER = "Train or import it again."
CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
PROJECTIONS = (
    *(f"self_attn.{name}_proj" for name in "qkvo"),
    *(f"mlp.{name}_proj" for name in ("gate", "up", "down")),
)
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


@dataclass(frozen=True, slots=True)
class LoraWeights:
    """A low-rank change of a base: W becomes W + scale × B A for each module.

    `modules` maps names such as "model.layers.0.self_attn.q_proj" to A [rank, in] and
    B [out, rank], float32.
    """

    rank: int
    alpha: float
    scale: float
    modules: Mapping[str, tuple[Array, Array]]

    @property
    def layers(self) -> list[int]:
        """The layers that it changes, ascending."""
        return sorted({int(name.split(".")[2]) for name in self.modules})

    @property
    def projections(self) -> list[str]:
        """What it changes in each of them, sorted, such as "self_attn.q_proj"."""
        return sorted({name.split(".", 3)[3] for name in self.modules})

    @property
    def parameters(self) -> int:
        return sum(a.size + b.size for a, b in self.modules.values())

    @property
    def sha256(self) -> str:
        """A hash of what it computes, the same however and wherever it is stored."""
        digest = hashlib.sha256(f"lora {self.rank} {np.float32(self.scale)!r}".encode())
        for name, pair in sorted(self.modules.items()):
            for part in pair:
                digest.update(f"\0{name} {part.shape}\0".encode())
                digest.update(np.ascontiguousarray(part, "<f4").tobytes())
        return digest.hexdigest()


def read_peft(folder: Path, layers: int | None = None) -> LoraWeights:
    """The adapter in a PEFT folder; `layers` is the number of layers of its base, if known.

    Raises `MicrotuneError` unless it is a plain LoRA of attention and feed-forward projections
    that has every tensor which its configuration names, all of them finite, and not all of B zero.
    """
    config = _read_config(folder)
    rank, alpha, scale = _scale(folder, config)
    modules = _pairs(folder, _read_tensors(folder), rank)
    _check_complete(folder, config, modules, layers)
    if not any(b.any() for _, b in modules.values()):
        _refuse(folder, "is all zero: training changed nothing", "Train again with more text.")
    return LoraWeights(rank, alpha, scale, modules)


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


def _refuse(folder: Path, why: str, remedy: str = ANOTHER) -> NoReturn:
    raise MicrotuneError(f"the adapter in {folder} {why}", remedy)


def _remedy(error: Exception) -> str:
    """Where the disk failed, the adapter may be whole."""
    return "Check the disk, then run the command again." if may_be_whole(error) else ANOTHER


def _read_config(folder: Path) -> dict[str, Any]:
    """The configuration, once it is known to be a plain LoRA."""
    try:
        config = json.loads((folder / CONFIG).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        _refuse(folder, f"has no readable {CONFIG}", _remedy(error))
    if not isinstance(config, dict) or config.get("peft_type") != "LORA":
        _refuse(folder, "is no LoRA", "Only LoRA adapters can be used.")
    odd = [key for key in NOT_PLAIN if config.get(key)]
    if config.get("bias", "none") != "none":
        odd.append("bias")
    start = config.get("init_lora_weights")
    if not any(
        start is plain or (isinstance(start, str) and start == plain) for plain in PLAIN_STARTS
    ):
        odd.append("init_lora_weights")
    if odd:
        _refuse(folder, f"is no plain LoRA ({', '.join(odd)})", "Train it as a plain LoRA.")
    return config


def _scale(folder: Path, config: Mapping[str, Any]) -> tuple[int, float, float]:
    """Rank, alpha, and the factor of B A (alpha / rank; rsLoRA, arXiv 2312.03732, by its root)."""
    rank, alpha = config.get("r"), config.get("lora_alpha")
    if not isinstance(rank, int) or isinstance(rank, bool) or not 1 <= rank <= 4096:
        _refuse(folder, f"has the rank {rank!r}")
    if not isinstance(alpha, int | float) or not math.isfinite(alpha) or not 0 < alpha < 1e6:
        _refuse(folder, f"has the alpha {alpha!r}")
    divisor = math.sqrt(rank) if config.get("use_rslora") else rank
    return rank, float(alpha), alpha / divisor


def _read_tensors(folder: Path) -> dict[str, NDArray[Any]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors: dict[str, NDArray[Any]] = load_file(folder / WEIGHTS)
    except (OSError, SafetensorError, ValueError, TypeError, KeyError, AttributeError) as error:
        _refuse(folder, f"has no readable {WEIGHTS}", _remedy(error))
    return tensors


def _pairs(
    folder: Path, tensors: Mapping[str, NDArray[Any]], rank: int
) -> dict[str, tuple[Array, Array]]:
    """A and B of each module, checked one by one."""
    parts: dict[str, dict[str, Array]] = {}
    for key, tensor in sorted(tensors.items()):
        match = KEY.fullmatch(key)
        if not match or match["projection"] not in PROJECTIONS:
            _refuse(folder, f"changes {key[:100]!r}, which microtune does not know")
        if tensor.dtype.kind != "f" or tensor.ndim != 2:
            _refuse(folder, f"holds {key} as {tensor.dtype} of shape {tensor.shape}")
        if not np.isfinite(tensor).all():
            _refuse(folder, f"is not finite in {match['module']}: training went astray")
        parts.setdefault(match["module"], {})[match["part"]] = tensor.astype(np.float32)
    for module, pair in parts.items():
        if set(pair) != {"A", "B"}:
            _refuse(folder, f"lacks half of {module}")
        if pair["A"].shape[0] != rank or pair["B"].shape[1] != rank:
            _refuse(folder, f"has another rank than {rank} in {module}")
    return {module: (pair["A"], pair["B"]) for module, pair in parts.items()}


def _check_complete(
    folder: Path, config: Mapping[str, Any], modules: Mapping[str, Any], layers: int | None
) -> None:
    """Every module that the configuration names is there, and no other."""
    targets, named = config.get("target_modules"), config.get("layers_to_transform")
    if not isinstance(targets, list) or not all(isinstance(t, str) for t in targets):
        _refuse(folder, "does not list its target modules")
    for target in targets:
        if not any(f".{p}".endswith(f".{target}") for p in PROJECTIONS):
            _refuse(folder, f"targets {target!r}, which microtune does not know")
    projections = [p for p in PROJECTIONS if any(f".{p}".endswith(f".{t}") for t in targets)]
    if named is None:
        present = [int(name.split(".")[2]) for name in modules]
        named = range(layers if layers is not None else max(present, default=-1) + 1)
    elif not isinstance(named, list):
        named = [named]
    expected = {f"model.layers.{layer}.{p}" for layer in named for p in projections}
    if not expected or expected != set(modules):
        odd = sorted(expected ^ set(modules))
        _refuse(folder, f"is incomplete: {odd[0] if odd else 'it holds no tensor'}")
