"""The anchor in mlx: see `microtune_adapters.anchor` and `torch_anchor`."""

import mlx.core as mx

from microtune_adapters.anchor import Anchor
from microtune_adapters.mlx_lora import MlxLora
from microtune_adapters.mlx_loss import answer_states, summed_divergence


class MlxAnchor:
    """What the anchor adds to a step's loss. Keeps what the bare base makes of each text."""

    def __init__(self, anchor: Anchor, lora: MlxLora) -> None:
        self._anchor, self._lora = anchor, lora
        self._known: dict[int, mx.array] = {}

    def loss(self, step: int) -> mx.array:
        """The weighted mean divergence, in nats, where one is due in this step; else 0."""
        number = self._anchor.due(step)
        if number is None:
            return mx.array(0.0)
        model, row = self._lora.model, self._anchor.row(number)
        if number not in self._known:
            with self._lora.without():
                bare, _ = answer_states(model, row)
            self._known[number] = mx.stop_gradient(bare).astype(mx.float16)
        places, _ = answer_states(model, row)
        aims = self._known[number].astype(places.dtype)
        return self._anchor.weight * summed_divergence(model, places, aims) / len(places)
