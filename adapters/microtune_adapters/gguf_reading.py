"""Reads an adapter from the GGUF that llama.cpp would serve, in Python alone.

llama.cpp aborts on some malformed adapters and takes a NaN or a partial one without a word, so no
foreign file reaches it: what is read here is written anew. Knows nothing of serving or the library.
"""

import mmap
import re
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from microtune.errors import MicrotuneError
from microtune_adapters.gguf_base import restore_heads
from microtune_adapters.gguf_header import FLOAT32, Header, Tensor, read_header
from microtune_adapters.gguf_origin import ALPHA_KEY, TYPE_KEY
from microtune_adapters.gguf_shape import Shape
from microtune_adapters.lora_weights import (
    LARGEST_RANK,
    Array,
    LoraWeights,
    check_tensor,
    checked,
    module_name,
    refuse,
)

KEY = re.compile(r"blk\.(?P<layer>\d{1,5})\.(?P<name>[a-z_]+)\.weight\.lora_(?P<part>[ab])")
OTHER_BASE = "Give an adapter that was trained for the base in use (`microtune status`)."


def read_gguf(path: Path, shape: Shape) -> LoraWeights:
    """The adapter in the GGUF at `path`, which is for a base of that shape.

    Raises `MicrotuneError` unless it is a plain LoRA of attention and feed-forward projections,
    the same ones in each of its layers, finite, and not all of B zero.
    """
    header = read_header(path)
    if header.text("general.type") != "adapter" or header.text(TYPE_KEY) != "lora":
        _refuse(path, "holds no LoRA adapter", "Give an adapter, not a model.")
    if header.text("general.architecture") != shape.architecture:
        other = str(header.text("general.architecture"))[:40]
        _refuse(path, f"holds an adapter of the {other} family", OTHER_BASE)
    parts = _parts(path, header, shape)
    ranks = {len(pair["A"]) for pair in parts.values() if "A" in pair}
    rank = min(ranks, default=0)
    if len(ranks) > 1 or rank > LARGEST_RANK:
        refuse(path, f"has the ranks {sorted(ranks)[:5]}", "Only one rank for all can be used.")
    alpha, scale = _scale(path, header, rank)
    layers = {name.split(".")[2] for name in parts}
    projections = {name.split(".", 3)[3] for name in parts}
    expected = {module_name(layer, name) for layer in layers for name in projections}
    return checked(path, rank, alpha, scale, parts, expected)


def _refuse(path: Path, why: str, remedy: str) -> NoReturn:
    raise MicrotuneError(f"{path} {why}", remedy)


def _scale(path: Path, header: Header, rank: int) -> tuple[float, float]:
    """alpha, and alpha / rank; llama.cpp takes an alpha of 0, or none, for a scale of 1."""
    said = header.values.get(ALPHA_KEY, "a list" if ALPHA_KEY in header.arrays else 0.0)
    other = header.types.get(ALPHA_KEY, FLOAT32) != FLOAT32 or not isinstance(said, float)
    if other or not 0 <= float(said) < 1e6:
        refuse(path, f"has the alpha {said!r:.40}")
    alpha = float(said) or float(rank)
    return alpha, alpha / max(rank, 1)


def _parts(path: Path, header: Header, shape: Shape) -> dict[str, dict[str, NDArray[Any]]]:
    """A and B of each module, in the order of rows that PEFT has."""
    projections = {theirs: ours for ours, theirs in shape.names.items()}
    parts: dict[str, dict[str, NDArray[Any]]] = {}
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for name, tensor in header.tensors.items():
            match = KEY.fullmatch(name)
            if not match or match["name"] not in projections:
                refuse(path, f"changes {name[:100]!r}, which microtune does not know")
            projection, part = projections[match["name"]], match["part"].upper()
            array = _array(path, data, tensor)
            check_tensor(path, name, array)
            heads = shape.permuted_heads(projection) if part == "B" else 0
            if heads and len(array) % (2 * heads):
                refuse(path, f"does not fit the base {shape.name} in {name}", OTHER_BASE)
            module = module_name(match["layer"], projection)
            parts.setdefault(module, {})[part] = restore_heads(array, heads) if heads else array
    return parts


def _array(path: Path, data: mmap.mmap, tensor: Tensor) -> Array:
    """The tensor as float32, whatever it is stored as."""
    import gguf

    kind = gguf.GGMLQuantizationType[tensor.type]
    raw = np.frombuffer(data[tensor.start : tensor.start + tensor.bytes], np.uint8)
    rows = raw.reshape(*tensor.shape[:-1], -1)
    if kind.name in ("I8", "I16", "I32", "I64", "F64"):
        refuse(path, f"holds {tensor.name} as {kind.name}")
    try:
        return np.array(gguf.quants.dequantize(rows, kind), np.float32)
    except NotImplementedError:
        refuse(path, f"holds {tensor.name} as {kind.name}")
