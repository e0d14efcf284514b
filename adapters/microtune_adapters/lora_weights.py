"""An adapter as plain arrays, and the checks that each form of it on disk must pass.

The method is LoRA's (Hu et al., 2021, arXiv 2106.09685). Knows no file format, no base and nothing
of torch; `peft_format`, `mlx_format` and `gguf_reading` turn files into these.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from microtune.errors import MicrotuneError, may_be_whole

Array = NDArray[np.float32]
Parts = Mapping[str, Mapping[str, NDArray[Any]]]

ANOTHER = "Train or import it again."
PROJECTIONS = (
    *(f"self_attn.{name}_proj" for name in "qkvo"),
    *(f"mlp.{name}_proj" for name in ("gate", "up", "down")),
)
FUSED = ("self_attn.qkv_proj", "mlp.gate_up_proj")  # phi3 has these instead of five of the seven
KNOWN = (*PROJECTIONS, *FUSED)
LARGEST_RANK = 4096


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


def module_name(layer: int | str, projection: str) -> str:
    """The name of a projection of a layer in `LoraWeights.modules`."""
    return f"model.layers.{layer}.{projection}"


def refuse(where: Path, why: str, remedy: str = ANOTHER) -> NoReturn:
    raise MicrotuneError(f"the adapter in {where} {why}", remedy)


def remedy_for(error: Exception) -> str:
    """Where the disk failed, the adapter may be whole."""
    return "Check the disk, then run the command again." if may_be_whole(error) else ANOTHER


def check_tensor(where: Path, name: str, tensor: NDArray[Any]) -> None:
    """Raises `MicrotuneError` unless it is a matrix of floating-point numbers."""
    if tensor.dtype.kind != "f" or tensor.ndim != 2:
        refuse(where, f"holds {name} as {tensor.dtype} of shape {tensor.shape}")


def checked(
    where: Path, rank: int, alpha: float, scale: float, parts: Parts, expected: Collection[str]
) -> LoraWeights:
    """The adapter, once it is known to be whole: A and B of every `expected` module and of no
    other, of this rank and finite, and not all of B zero. Raises `MicrotuneError`.

    `parts` holds them under "A" [rank, in] and "B" [out, rank] by module.
    """
    modules = {name: _pair(where, name, parts[name], rank) for name in sorted(parts)}
    if not expected or set(expected) != set(modules):
        odd = sorted(set(expected) ^ set(modules))
        refuse(where, f"is incomplete: {odd[0][:100] if odd else 'it holds no tensor'}")
    if not any(b.any() for _, b in modules.values()):
        refuse(where, "is all zero: training changed nothing", "Train again with more text.")
    return LoraWeights(rank, alpha, scale, modules)


def _pair(
    where: Path, module: str, parts: Mapping[str, NDArray[Any]], rank: int
) -> tuple[Array, Array]:
    for part in parts.values():
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and is told
            finite = np.isfinite(part.astype(np.float32)).all()
        if not finite:
            refuse(where, f"is not finite in {module}: training went astray")
    if set(parts) != {"A", "B"}:
        refuse(where, f"lacks half of {module}")
    a, b = (np.array(parts[part], np.float32, order="C") for part in "AB")
    if a.shape[0] != rank or b.shape[1] != rank:
        refuse(where, f"has another rank than {rank} in {module}")
    return a, b
