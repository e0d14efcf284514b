"""Carries arrays to a machine without them and back: compressed pieces with a manifest of hashes.

A piece is an .xz file of at most so many bytes; the manifest is written last, so that a carriage
cut short is told from a whole one. Knows nothing of tokens, models or how files travel.
"""

import hashlib
import json
import lzma
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from microtune.errors import MicrotuneError

if TYPE_CHECKING:
    from torch import Tensor

MANIFEST, CHECKPOINT, STEP = "manifest.json", "checkpoint.pt", "step"
MIB = 1 << 20
SMALLEST = 1 << 12  # bytes of a piece's limit; xz itself takes some hundred
AGAIN = "Carry it over once more."
WEIGHTS = ("float32", "float16", "bfloat16")

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """One file: its hash is that of its compressed bytes."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Part:
    """One array in its pieces. `dtype` is numpy's; `was` is torch's, where it came from torch."""

    shape: tuple[int, ...]
    dtype: str
    pieces: tuple[Piece, ...]
    was: str = ""


def split(arrays: Mapping[str, Array], folder: Path, mib: float, preset: int = 6) -> list[Path]:
    """Write the arrays to `folder` as pieces of at most `mib` MiB; returns all files written.

    A piece also holds at most eight times as much unpacked, so that it is made in little memory.
    """
    return _write({name: (array, "") for name, array in arrays.items()}, folder, mib, preset)


def join(folder: Path) -> dict[str, Array]:
    """The arrays that were split to `folder`.

    Raises `MicrotuneError` that names the first piece that is missing or damaged.
    """
    return {name: _read(folder, part) for name, part in _manifest(folder).items()}


def split_tokens(work: Path, folder: Path, mib: float = 48) -> list[Path]:
    """Split `tokens.npy` (uint16) and `loss.npy` (uint8) of a work folder."""
    names = ("tokens", "loss")
    return split({n: np.load(work / f"{n}.npy", mmap_mode="r") for n in names}, folder, mib)


def join_tokens(folder: Path, work: Path) -> None:
    """Write `tokens.npy` and `loss.npy` again, in `work`."""
    work.mkdir(parents=True, exist_ok=True)
    for name, array in join(folder).items():
        np.save(work / f"{name}.npy", array)


def split_weights(
    weights: Mapping[str, "Tensor"], folder: Path, mib: float = 16, form: str = "bfloat16"
) -> list[Path]:
    """Split a model's weights, each rounded to torch's `form` first.

    `WEIGHTS` are the forms: bfloat16 keeps float32's range in half of its bytes.
    """
    import torch

    if form not in WEIGHTS:
        raise MicrotuneError(f"cannot carry weights as {form}", f"Use one of {', '.join(WEIGHTS)}.")
    arrays = {}
    for name, weight in weights.items():
        kept = "float32" if name == STEP else form
        rounded = weight.detach().cpu().to(getattr(torch, kept)).contiguous()
        bits = rounded.view(torch.int16).numpy() if kept == "bfloat16" else rounded.numpy()
        arrays[name] = (bits, kept)
    return _write(arrays, folder, mib, preset=1)  # noise hardly shrinks, however long one tries


def join_weights(folder: Path) -> dict[str, "Tensor"]:
    """The weights again, float32."""
    import torch

    joined = {}
    for name, part in _manifest(folder).items():
        bits = torch.from_numpy(_read(folder, part))
        joined[name] = (bits.view(torch.bfloat16) if part.was == "bfloat16" else bits).float()
    return joined


def split_checkpoint(
    work: Path, folder: Path, mib: float = 16, form: str = "bfloat16"
) -> list[Path]:
    """Split the weights of a work folder's checkpoint; the optimisers' state stays behind."""
    import torch

    saved = torch.load(work / CHECKPOINT, map_location="cpu")
    step = {STEP: torch.tensor(saved["step"], dtype=torch.float32)}
    return split_weights({**saved["model"], **step}, folder, mib, form)


def of_weights(folder: Path) -> bool:
    """Whether the pieces are a checkpoint's; else they are tokens."""
    return STEP in _manifest(folder)


def join_checkpoint(folder: Path, work: Path) -> int:
    """Write a checkpoint to measure and export, not to train on from; returns its step."""
    import torch

    weights = join_weights(folder)
    step = int(weights.pop(STEP))
    work.mkdir(parents=True, exist_ok=True)
    torch.save({"model": weights, "step": step}, work / CHECKPOINT)
    return step


def _write(
    arrays: Mapping[str, tuple[Array, str]], folder: Path, mib: float, preset: int
) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    parts = {
        name: Part(
            array.shape,
            array.dtype.str,
            tuple(_pieces(f"{number:03d}", array, folder, max(SMALLEST, int(mib * MIB)), preset)),
            was,
        )
        for number, (name, (array, was)) in enumerate(arrays.items())
    }
    (folder / MANIFEST).write_text(json.dumps({n: asdict(p) for n, p in parts.items()}, indent=1))
    pieces = [folder / piece.name for part in parts.values() for piece in part.pieces]
    return [*pieces, folder / MANIFEST]


def _pieces(stem: str, array: Array, folder: Path, limit: int, preset: int) -> Iterator[Piece]:
    """Halve what does not fit, so that no piece is over the limit."""
    flat = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    step = max(1, min(8 * limit, len(flat)))
    start = number = 0
    while start < len(flat):
        packed = lzma.compress(flat[start : start + step].tobytes(), preset=preset)
        if len(packed) > limit:
            step //= 2
            continue
        piece = Piece(f"{stem}-{number:04d}.xz", hashlib.sha256(packed).hexdigest(), len(packed))
        (folder / piece.name).write_bytes(packed)
        yield piece
        start, number = start + step, number + 1


def _manifest(folder: Path) -> dict[str, Part]:
    path = folder / MANIFEST
    try:
        said = json.loads(path.read_text())
        return {
            name: Part(
                tuple(part["shape"]),
                str(np.dtype(part["dtype"]).str),
                tuple(Piece(**piece) for piece in part["pieces"]),
                part["was"],
            )
            for name, part in said.items()
        }
    except OSError as error:
        raise MicrotuneError(f"cannot read {path} ({error.strerror})", AGAIN) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise MicrotuneError(f"{path} is damaged", AGAIN) from error


def _read(folder: Path, part: Part) -> Array:
    flat = bytearray(b"".join(lzma.decompress(_whole(folder, piece)) for piece in part.pieces))
    try:
        return np.frombuffer(flat, part.dtype).reshape(part.shape)
    except ValueError as error:
        raise MicrotuneError(f"{folder / MANIFEST} is damaged", AGAIN) from error


def _whole(folder: Path, piece: Piece) -> bytes:
    path = folder / piece.name
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise MicrotuneError(f"cannot read the piece {path} ({error.strerror})", AGAIN) from error
    if hashlib.sha256(packed).hexdigest() != piece.sha256:
        raise MicrotuneError(f"the piece {path} is damaged", AGAIN)
    return packed
