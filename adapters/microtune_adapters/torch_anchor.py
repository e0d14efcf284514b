"""The anchor in torch: see `microtune_adapters.anchor`."""

from typing import Any

import torch
from torch import Tensor

from microtune_adapters.anchor import Anchor
from microtune_adapters.packed_loss import answer_states, summed_divergence


class TorchAnchor:
    """Adds the anchor's gradients to those of a step.

    What the bare base makes of a text is the same each time, so it is computed when the text is
    first seen and kept in half precision.
    """

    def __init__(self, anchor: Anchor) -> None:
        self._anchor = anchor
        self._known: dict[int, Tensor] = {}

    def backward(self, model: Any, step: int) -> float:
        """The weighted mean divergence, in nats, where one is due in this step of the peft model;
        else 0."""
        number = self._anchor.due(step)
        if number is None:
            return 0.0
        network, row = model.get_base_model(), self._anchor.row(number)
        if number not in self._known:
            with torch.no_grad(), model.disable_adapter():
                self._known[number] = answer_states(network, row)[0].half()
        places, _ = answer_states(network, row)
        divergence = summed_divergence(network, places, self._known[number].to(places.dtype))
        loss = self._anchor.weight * divergence / len(places)
        torch.autograd.backward(loss)
        return float(loss.item())
