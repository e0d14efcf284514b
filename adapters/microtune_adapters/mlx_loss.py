"""Loss over packed rows in mlx: attention held within each example, the vocabulary only where
needed.

mlx-lm's models take no mask and no positions; they ask their cache for both. The one given here
answers with the mask of the rows and keeps nothing. Positions run on through a row instead of
beginning anew with each example, which changes nothing: rotary positions act through differences
alone, and no example sees another's.
"""

from collections.abc import Callable
from typing import Any

import mlx.core as mx
import mlx.nn as nn
import numpy as np

from microtune_adapters.mlx_base import head_of
from microtune_adapters.rows import Rows

_CHUNK = 1024  # answer places whose logits are in memory at one time


class PackedRows:
    """Stands where a model of mlx-lm expects the cache of a layer."""

    offset = 0

    def __init__(self, mask: mx.array) -> None:
        self._mask = mask

    def make_mask(self, *_: Any, **__: Any) -> mx.array:
        return self._mask

    def update_and_fetch(self, keys: mx.array, values: mx.array) -> tuple[mx.array, mx.array]:
        return keys, values


def seen(rows: Rows) -> mx.array:
    """[rows, 1, length, length]: whether a place may look at another one, which lies at or before
    it and in its own example."""
    same = rows.segments[:, :, None] == rows.segments[:, None, :]
    return mx.array(np.tril(same)[:, None])


def summed_loss(model: Any, rows: Rows) -> tuple[mx.array, int]:
    """Cross-entropy in nats summed over the rows' targets, and how many there are."""
    places, wanted = answer_states(model, rows)
    return loss_at(model, places, wanted), len(wanted)


def loss_at(model: Any, places: mx.array, wanted: mx.array) -> mx.array:
    """Cross-entropy in nats, summed, of these tokens [n] at `places` [n, size]."""
    total = mx.array(0.0)
    for at in range(0, len(wanted), _CHUNK):
        total = total + _recomputed(model, wanted[at : at + _CHUNK])(places[at : at + _CHUNK])
    return total


def _recomputed(model: Any, wanted: mx.array) -> Callable[[mx.array], mx.array]:
    """Nats of these tokens by what the network made; logits are made again for the gradient."""
    nats: Callable[[mx.array], mx.array] = mx.checkpoint(
        lambda places: _nats(model, places, wanted).sum()
    )
    return nats


def row_losses(model: Any, rows: Rows) -> tuple[mx.array, mx.array]:
    """The same for each row apart: nats [rows] and targets [rows]. For few rows at a time."""
    places, wanted = answer_states(model, rows)
    of_row = mx.array((rows.targets >= 0).nonzero()[0])
    nats = mx.zeros(len(rows)).at[of_row].add(_nats(model, places, wanted))
    return nats, mx.array((rows.targets >= 0).sum(1))


def summed_divergence(model: Any, places: mx.array, aims: mx.array) -> mx.array:
    """The Kullback-Leibler divergence, in nats, of what the model expects at `places` [n, size]
    from what it does at `aims`, states of the same shape; summed over n. For few at a time."""
    found, wanted = (
        nn.log_softmax(head_of(model, states).astype(mx.float32)) for states in (places, aims)
    )
    divergence: mx.array = (mx.exp(wanted) * (wanted - found)).sum()
    return divergence


def answer_states(model: Any, rows: Rows) -> tuple[mx.array, mx.array]:
    """What the network makes of the places that bear loss, and what to predict there."""
    packed = PackedRows(seen(rows))
    hidden = model.model(mx.array(rows.ids), [packed] * len(model.layers))
    at = np.flatnonzero(rows.targets.ravel() >= 0)
    places = hidden.reshape(-1, hidden.shape[-1])[mx.array(at)]
    return places, mx.array(rows.targets.ravel()[at])


def _nats(model: Any, places: mx.array, wanted: mx.array) -> mx.array:
    logits = head_of(model, places).astype(mx.float32)
    nats: mx.array = nn.losses.cross_entropy(logits, wanted)
    return nats
