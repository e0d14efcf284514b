"""Loss over packed rows: attention held within each example, the vocabulary only where needed.

A stock trainer pads, and computes logits at every place; here rows hold no padding to speak of,
and the vocabulary product runs on answer places alone, in chunks whose logits are recomputed in
the backward pass. On small models that product is a third of all work, on large ones of memory.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from microtune_adapters.rows import Rows

_CHUNK = 1024  # answer places whose logits are in memory at one time
_STEP = 128  # the number of answer places is rounded up to a multiple of it
_NONE = -100  # the target of a place that only fills up


def attention_mask(segments: Tensor) -> Tensor:
    """[rows, length] segment numbers → [rows, 1, length, length] to add to attention scores: zero
    where a place may look (back, and within its own segment), the lowest float elsewhere."""
    same = segments[:, :, None] == segments[:, None, :]
    seen = same & torch.ones(same.shape[-2:], dtype=torch.bool).tril()
    lowest = torch.finfo(torch.float32).min
    return torch.zeros(seen.shape).masked_fill_(~seen, lowest)[:, None]


def summed_loss(model: Any, rows: Rows) -> tuple[Tensor, int]:
    """Cross-entropy in nats summed over the rows' targets, and how many there are."""
    places, wanted, count = _answers(model, rows)
    total = places.new_zeros((), dtype=torch.float32)
    for at in range(0, len(wanted), _CHUNK):
        chunk = places[at : at + _CHUNK], wanted[at : at + _CHUNK]
        if len(wanted) > _CHUNK and torch.is_grad_enabled():
            total = total + checkpoint(_nats, model.lm_head, *chunk, use_reentrant=False)
        else:
            total = total + _nats(model.lm_head, *chunk)
    return total, count


def row_losses(model: Any, rows: Rows) -> tuple[Tensor, Tensor]:
    """The same for each row apart: nats [rows] and targets [rows]. For few rows at a time: the
    logits of all their answers are in memory at once."""
    places, wanted, count = _answers(model, rows)
    nats = F.cross_entropy(model.lm_head(places[:count]).float(), wanted[:count], reduction="none")
    chosen = torch.from_numpy(rows.targets) >= 0
    of_row = chosen.nonzero()[:, 0]
    return nats.new_zeros(len(rows)).index_add(0, of_row, nats), chosen.sum(1)


def _answers(model: Any, rows: Rows) -> tuple[Tensor, Tensor, int]:
    """What the network makes of the places that bear loss, filled up; what to predict there; and
    how many they are without the filling."""
    ids, targets, positions, segments = (
        torch.from_numpy(a).long() for a in (rows.ids, rows.targets, rows.positions, rows.segments)
    )
    hidden = model.model(
        input_ids=ids,
        position_ids=positions,
        attention_mask=attention_mask(segments),
        use_cache=False,
    ).last_hidden_state
    chosen = targets >= 0
    count = int(chosen.sum())
    # a few sizes instead of hundreds: each new one costs the math library memory and time
    spare = -count % _STEP
    places = F.pad(hidden[chosen], (0, 0, 0, spare))
    return places, F.pad(targets[chosen], (0, spare), value=_NONE), count


def _nats(head: Any, places: Tensor, wanted: Tensor) -> Tensor:
    return F.cross_entropy(head(places).float(), wanted, reduction="sum", ignore_index=_NONE)
