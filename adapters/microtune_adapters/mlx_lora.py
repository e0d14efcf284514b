"""LoRA on a model of mlx-lm: put in, given values, taken out again without a trace.

Values are in PEFT's layout, A [rank, in] and B [out, rank]; mlx-lm's layers hold them transposed.
Knows nothing of training or of files.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from microtune.errors import MicrotuneError
from microtune_adapters.lora_weights import Array, LoraWeights

Scaled = tuple[LoraWeights, float]


class MlxLora:
    """The LoRA layers in a model, none at first. The model's own layers stay as they are inside
    them and are put back by `detach`, so that removal is exact."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self._own: dict[str, Any] = {}  # the model's layers, by the name of their module

    def attach(self, module: str, rank: int, scale: float) -> None:
        """Put a layer that changes nothing yet into a module that has none, such as
        "model.layers.0.self_attn.q_proj"."""
        from mlx_lm.tuner.lora import LoRALinear

        place, part = self._place(module)
        self._own[module] = own = place[part]
        place[part] = LoRALinear.from_base(own, r=rank, scale=scale)

    def detach(self) -> None:
        """The bare base again."""
        for module, own in self._own.items():
            place, part = self._place(module)
            place[part] = own
        self._own = {}

    @contextmanager
    def without(self) -> Iterator[None]:
        """The bare base for a while."""
        layers = {}
        for module, own in self._own.items():
            place, part = self._place(module)
            layers[module], place[part] = place[part], own
        try:
            yield
        finally:
            for module, layer in layers.items():
                place, part = self._place(module)
                place[part] = layer

    def set(self, module: str, a: Any, b: Any) -> None:
        """Give the layer of a module these values, arrays of mlx."""
        place, part = self._place(module)
        place[part].lora_a, place[part].lora_b = a.T, b.T

    def shape(self, module: str) -> tuple[int, int]:
        """[out, in] of a module, with a layer or without."""
        place, part = self._place(module)
        weight = self._own.get(module, place[part]).weight
        return int(weight.shape[0]), int(weight.shape[1])

    def serve(self, adapters: Sequence[Scaled]) -> None:
        """Have the sum of these adapters, each at its scale, and nothing else.

        Raises `MicrotuneError`, and changes nothing, for one that does not fit the base.
        """
        from microtune_adapters.mlx_base import mlx

        mx = mlx()
        names = sorted({name for weights, _ in adapters for name in weights.modules})
        sums = {name: self._fitting(name, *_sum(name, adapters)) for name in names}
        self.detach()
        for name, (a, b) in sums.items():
            self.attach(name, a.shape[0], 1.0)
            self.set(name, mx.array(a), mx.array(b))

    def _fitting(self, module: str, a: Array, b: Array) -> tuple[Array, Array]:
        try:
            fits = (b.shape[0], a.shape[1]) == self.shape(module)
        except (AttributeError, KeyError, IndexError):
            fits = False
        if not fits:
            raise MicrotuneError(
                f"the adapter does not fit the base in {module}",
                "Train an adapter for this base, or use the base that it was trained on.",
            )
        return a, b

    def _place(self, module: str) -> tuple[Any, str]:
        """What holds a module, and by what name."""
        above, _, part = module.rpartition(".")
        place = self.model
        for step in above.split("."):
            place = place[int(step)] if step.isdigit() else place[step]
        return place, part


def _sum(module: str, adapters: Iterable[Scaled]) -> tuple[Array, Array]:
    """A and B of all adapters side by side: their ranks add up, and their scales go into B."""
    parts = [
        (*weights.modules[module], np.float32(weights.scale * scale))
        for weights, scale in adapters
        if module in weights.modules
    ]
    a = np.concatenate([a for a, _, _ in parts], axis=0)
    return a, np.concatenate([b * scale for _, b, scale in parts], axis=1)
