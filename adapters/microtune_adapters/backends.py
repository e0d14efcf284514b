"""Which library computes: mlx on Apple silicon, elsewhere torch for training and llama.cpp for
serving.

The one place that decides. Loads none of them before it is asked to.
"""

import os
import platform
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from microtune.errors import MicrotuneError

if TYPE_CHECKING:
    from microtune_adapters.chatml import ChatCodec
    from microtune_adapters.general_texts import GeneralRows
    from microtune_adapters.gguf_inspect import BaseFile
    from microtune_adapters.lora_weights import LoraWeights
    from microtune_adapters.mlx_trainer import MlxTrainer
    from microtune_adapters.recipes import Recipe
    from microtune_adapters.rows import Rows
    from microtune_adapters.torch_trainer import TorchTrainer

VARIABLE = "MICROTUNE_BACKEND"
MLX, TORCH = "mlx", "torch"  # llama.cpp serves what torch trains
LARGEST_SERVED = 1_000_000_000  # weights; 2 GB in bfloat16


class TrainingBase(Protocol):
    """A base in the form that the trainer of its back end takes."""

    @property
    def model(self) -> Any: ...
    @property
    def codec(self) -> "ChatCodec": ...


def chosen() -> str:
    """What the environment names, else mlx on Apple silicon where mlx-lm is installed, else torch.

    Raises `MicrotuneError` for a name that is none, and for mlx where it is not installed.
    """
    asked = os.environ.get(VARIABLE, "")
    has_mlx = find_spec("mlx") is not None and find_spec("mlx_lm") is not None
    if not asked:
        return MLX if is_apple_silicon() and has_mlx else TORCH
    if asked not in (MLX, TORCH):
        raise MicrotuneError(
            f"{VARIABLE} is {asked[:40]!r}, and only {MLX!r} and {TORCH!r} are known",
            f"Unset {VARIABLE}, or give it one of those.",
        )
    if asked == MLX and not has_mlx:
        raise MicrotuneError(
            f"{VARIABLE} asks for mlx, and mlx-lm is not installed",
            f"Unset {VARIABLE}, or install mlx-lm beside microtune.",
        )
    return asked


def to_serve(parameters: int) -> str:
    """As `chosen`, but that llama.cpp keeps large bases, which it maps as they are quantised, where
    nothing is named: mlx would hold two bytes for each weight, three to four times as much."""
    named = bool(os.environ.get(VARIABLE))
    return chosen() if named or parameters < LARGEST_SERVED else TORCH


def is_apple_silicon() -> bool:
    return (platform.system(), platform.machine()) == ("Darwin", "arm64")


def load_to_train(back_end: str, base: "BaseFile", recipe: "Recipe") -> TrainingBase:
    """The base for a trainer by this recipe, where it computes. Raises `MicrotuneError`."""
    if back_end == MLX:
        from microtune_adapters.mlx_base import load_mlx_base

        return load_mlx_base(base.path)
    from microtune_adapters.torch_base import load_torch_base
    from microtune_adapters.torch_place import place_of

    return load_torch_base(base.path, place_of(base, recipe))


def computed_here(back_end: str, base: "BaseFile", recipe: "Recipe") -> "Recipe":
    """The recipe with what this machine decides of it: the precision that is quick here, and
    whether layers are computed again for want of memory. Where there is a card with room for the
    base, torch trains on that."""
    import psutil

    from microtune_adapters.precision import quickest
    from microtune_adapters.torch_place import card_mb, has_four_bits, on_card
    from microtune_adapters.training_memory import fitted

    there = back_end == TORCH and on_card(base, recipe, card_mb(), has_four_bits())
    if there:
        return there
    memory_mb = psutil.virtual_memory().total // 1_000_000
    return fitted(base, replace(recipe, precision=quickest()), memory_mb)


def make_trainer(
    back_end: str,
    base: TrainingBase,
    recipe: "Recipe",
    folder: Path,
    start: "LoraWeights | None",
    pairs: "Rows | None" = None,
    general: "GeneralRows | None" = None,
) -> "MlxTrainer | TorchTrainer":
    """A trainer of one adapter on that base, which it changes; the rest is as the trainers say."""
    if back_end == MLX:
        from microtune_adapters.mlx_trainer import MlxTrainer

        return MlxTrainer(base.model, recipe, folder, start, pairs, general)
    from microtune_adapters.torch_trainer import TorchTrainer

    return TorchTrainer(base.model, recipe, folder, start, pairs, general)
