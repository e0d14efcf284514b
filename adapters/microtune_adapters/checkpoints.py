"""Checkpoints of a training run: written whole beside the old one, then renamed over it."""

import contextlib
import os
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from microtune.errors import MicrotuneError

NAME = "checkpoint.pt"


@dataclass(slots=True)
class Checkpoint:
    """Where a run stands, apart from weights and optimiser. `best`: the adapter weights of the
    best validation so far."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    losses: list[float] = field(default_factory=list)
    validation: list[tuple[int, float]] = field(default_factory=list)
    best: dict[str, Any] = field(default_factory=dict)


def save_checkpoint(
    folder: Path, state: Checkpoint, weights: dict[str, Any], optimiser: dict[str, Any]
) -> None:
    """Write it durably. Raises `MicrotuneError` when the disk is full; the old one stays."""
    import torch

    saved = {f.name: getattr(state, f.name) for f in fields(state)}
    beside = folder / f"{NAME}.new"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            torch.save({"state": saved, "weights": weights, "optimiser": optimiser}, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(folder / NAME)
    except (OSError, RuntimeError) as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise MicrotuneError(
            f"could not save the training checkpoint in {folder} ({_cause(error)})",
            "Make room on that disk and run `microtune train` again; it goes on from the last one.",
        ) from error


def load_checkpoint(folder: Path) -> tuple[Checkpoint, dict[str, Any], dict[str, Any]] | None:
    """The saved state, adapter weights and optimiser state; None where there is none readable.

    A damaged checkpoint is put aside: the run starts anew and nothing of the person's is lost.
    """
    import torch

    path = folder / NAME
    if not path.exists():
        return None
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
        return Checkpoint(**saved["state"]), saved["weights"], saved["optimiser"]
    except Exception:  # torch raises many kinds for a damaged file
        path.replace(path.with_suffix(".damaged"))
        return None


def _cause(error: BaseException | None) -> str:
    """What the system said; torch puts an error of its own over it."""
    while error is not None:
        if isinstance(error, OSError):
            return error.strerror or str(error)
        error = error.__context__
    return "the disk takes no more"
