"""Checkpoints of a training run: the newest and the one before, each written whole, then renamed.

One that was damaged since is found by its checksums, and the one before takes its place.
"""

import contextlib
import os
from dataclasses import dataclass, field, fields
from errno import EIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from microtune.errors import MicrotuneError, first_aid, is_of_the_machine

NAME, BEFORE = "checkpoint.pt", "checkpoint-before.pt"


@dataclass(slots=True)
class Checkpoint:
    """Where a run stands, apart from weights and optimiser. `best`: the adapter weights of the
    best validation so far. `note`: what became of damaged checkpoints, "" for nothing."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    losses: list[float] = field(default_factory=list)
    validation: list[tuple[int, float]] = field(default_factory=list)
    best: dict[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a checkpoint holds. Without weights it is the beginning of a run."""

    state: Checkpoint = field(default_factory=Checkpoint)
    weights: dict[str, Any] = field(default_factory=dict)
    optimiser: dict[str, Any] = field(default_factory=dict)


def save_checkpoint(
    folder: Path, state: Checkpoint, weights: dict[str, Any], optimiser: dict[str, Any]
) -> None:
    """Write it durably and keep the one before.

    Raises `MicrotuneError` when the disk is full; the others stay.
    """
    import torch

    saved = {f.name: getattr(state, f.name) for f in fields(state)}
    beside = folder / f"{NAME}.new"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            torch.save({"state": saved, "weights": weights, "optimiser": optimiser}, file)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            (folder / NAME).replace(folder / BEFORE)  # killed here, a run goes on from this one
        beside.replace(folder / NAME)
    except (OSError, RuntimeError) as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise MicrotuneError(
            f"could not save the training checkpoint in {folder} ({_cause(error)})",
            f"{first_aid(error)} and run `microtune train` again; it goes on from the last one.",
        ) from error


def load_checkpoint(folder: Path) -> Saved:
    """The newest checkpoint that is whole; the beginning of a run where there is none.

    Damaged ones are put aside, and the state's note says so. Raises `MicrotuneError` where there
    are some that the disk fails to read: they may be whole, and a beginning would cost hours.
    """
    wrong, unread = "", None
    for path in (folder / NAME, folder / BEFORE):
        try:
            saved = _read(path) if path.exists() else None
        except OSError as error:
            wrong, unread = "could not be read", error
            continue
        if saved is None and path.exists():
            wrong = "was damaged"
            path.replace(path.with_suffix(".damaged"))
        elif saved:
            if wrong:
                saved.state.note = (
                    f"the newest checkpoint {wrong}; "
                    f"training went on from the one before, at step {saved.state.step}"
                )
            return saved
    if unread:
        raise MicrotuneError(
            f"cannot read the training checkpoint in {folder} ({unread.strerror})",
            "Check that disk and run `microtune train` again; it goes on from there.",
        ) from unread
    lost = "the checkpoints were damaged; training began again at its first step"
    return Saved(Checkpoint(note=lost if wrong else ""))


def _read(path: Path) -> Saved | None:
    """What a file holds; None where it is damaged. torch itself does not look at checksums.

    Raises `OSError` where it cannot be read.
    """
    import torch

    try:
        with ZipFile(path) as archive:
            if archive.testzip() is not None:
                return None
        saved = torch.load(path, map_location="cpu", weights_only=True)
        return Saved(Checkpoint(**saved["state"]), saved["weights"], saved["optimiser"])
    except Exception as error:  # zipfile and torch raise many kinds for a damaged file
        if is_of_the_machine(error):
            raise OSError(getattr(error, "errno", None) or EIO, str(error)) from error
        return None


def _cause(error: BaseException | None) -> str:
    """What the system said; torch puts an error of its own over it."""
    while error is not None:
        if isinstance(error, OSError):
            return error.strerror or str(error)
        error = error.__context__
    return "the disk takes no more"
