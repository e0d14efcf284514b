"""What a work folder holds: the shape that was prepared, and the model trained so far."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from microtune.errors import MicrotuneError

if TYPE_CHECKING:
    from .model import Pocket, Shape
    from .sizes import Size


def shape_of(work: Path) -> "Shape":
    """The shape that `prepare` wrote. Raises `MicrotuneError` where it has not been run."""
    from .model import Shape

    try:
        return Shape(**json.loads((work / "shape.json").read_text()))
    except FileNotFoundError as error:
        raise MicrotuneError(f"{work} is not prepared", "Run `prepare` with it first.") from error


def size_of(work: Path) -> "Size":
    """The named size of that shape; for a shape of one's own, the small one's training."""
    from .sizes import SIZES

    shape = shape_of(work)
    return next((size for size in SIZES.values() if size.shape == shape), SIZES["small"])


def trained_model(work: Path) -> "Pocket":
    """The model of the newest checkpoint. Raises `MicrotuneError` where there is none."""
    import torch

    from .model import Pocket

    model = Pocket(shape_of(work))
    try:
        saved = torch.load(work / "checkpoint.pt", map_location="cpu")
    except FileNotFoundError as error:
        raise MicrotuneError(f"{work} holds no checkpoint", "Run `train` with it first.") from error
    model.load_state_dict(saved["model"])
    return model.eval()
