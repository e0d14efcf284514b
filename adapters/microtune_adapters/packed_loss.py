"""Loss over packed examples: no padding, and the vocabulary only where it is needed.

A stock trainer pads, and computes logits at every place; here the examples of a step lie one
behind the other, and the vocabulary product runs on answer places alone, in chunks of which the
gradient is computed at once: no more than one chunk's logits are ever in memory. On small models
that product is a third of all work, on large ones of memory.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from microtune_adapters.rows import Rows

_CHUNK_FLOATS = {"cpu": 8_000_000, "cuda": 64_000_000}  # logits at one time; 32 MB, 256 MB
_STEP = 64  # in half precision lengths are rounded up to a multiple: each has its own kernel made
_NONE = -100  # the target of a place that only fills up

# logits of a chunk [n, vocabulary], which it spoils, and the chunk's places → nats, gradient
Judged = Callable[[Tensor, slice], tuple[Tensor, Callable[[], Tensor]]]


def summed_loss(model: Any, rows: Rows) -> tuple[Tensor, int]:
    """Cross-entropy in nats summed over the rows' targets, and how many there are."""
    places, wanted = answer_states(model, rows)
    return loss_at(model, places, wanted), len(wanted)


def loss_at(model: Any, places: Tensor, wanted: Tensor) -> Tensor:
    """Cross-entropy in nats, summed, of these tokens [n] at `places` [n, size]."""
    spare = _spare(len(wanted), places.device)
    judged = _against_targets(F.pad(wanted, (0, spare), value=_NONE))
    return _summed(F.pad(places, (0, 0, 0, spare)), model.lm_head.weight, judged)


def row_losses(model: Any, rows: Rows) -> tuple[Tensor, Tensor]:
    """The same for each row apart: nats [rows] and targets [rows]. For few rows at a time: the
    logits of all their answers are in memory at once."""
    places, wanted = answer_states(model, rows)
    nats = F.cross_entropy(model.lm_head(places).float(), wanted, reduction="none")
    chosen = torch.from_numpy(rows.targets >= 0).to(nats.device)
    of_row = chosen.nonzero()[:, 0]
    return nats.new_zeros(len(rows)).index_add(0, of_row, nats), chosen.sum(1)


def summed_divergence(model: Any, places: Tensor, aims: Tensor) -> Tensor:
    """The Kullback-Leibler divergence, in nats, of what the model expects at `places` [n, size]
    from what it does at `aims`, states of the same shape; summed over n."""
    head = model.lm_head.weight
    return _summed(places, head, _against_states(aims, head))


def _summed(places: Tensor, head: Tensor, judged: Judged) -> Tensor:
    total: Tensor = _Chunked.apply(places, head, judged)  # type: ignore[no-untyped-call]
    return total


class _Chunked(torch.autograd.Function):
    """What `judged` makes of the logits of places [n, size] over a frozen head [vocabulary, size],
    summed: it is given a chunk's logits and where they lie, and returns nats and how to make their
    gradient.

    The gradient with respect to the places is made in the forward pass, while a chunk's logits are
    there, so none are kept or computed twice (as in Liger's fused loss, Hsu et al., 2024, arXiv
    2410.10989).
    """

    @staticmethod
    def forward(ctx: Any, places: Tensor, head: Tensor, judged: Judged) -> Tensor:
        total = torch.zeros((), dtype=torch.float32, device=places.device)
        grads = torch.empty_like(places) if ctx.needs_input_grad[0] else None
        size = max(_STEP, _CHUNK_FLOATS[places.device.type] // len(head))
        for at in range(0, len(places), size):
            chunk = slice(at, at + size)
            nats, gradient = judged(_logits(places[chunk], head), chunk)
            total += nats
            if grads is not None:
                grads[chunk] = gradient().to(head.dtype) @ head
        ctx.save_for_backward(grads)
        return total

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        return ctx.saved_tensors[0] * grads[0], None, None


def _against_targets(wanted: Tensor) -> Judged:
    """Cross-entropy with these tokens [n], `_NONE` for none."""

    def judged(logits: Tensor, chunk: slice) -> tuple[Tensor, Callable[[], Tensor]]:
        known = (wanted[chunk] != _NONE)[:, None].float()
        of = wanted[chunk].clamp(min=0)[:, None]
        there, largest = logits.gather(1, of), logits.amax(-1, keepdim=True)
        shares = logits.sub_(largest).exp_()
        whole = shares.sum(-1, keepdim=True)
        nats = ((whole.log() + largest - there) * known).sum()
        return nats, lambda: shares.mul_(known / whole).scatter_add_(1, of, -known)

    return judged


def _against_states(aims: Tensor, head: Tensor) -> Judged:
    """Divergence from what the head expects at these states [n, size]. The gradient by a place's
    logits is the difference of the two expectations."""

    def judged(logits: Tensor, chunk: slice) -> tuple[Tensor, Callable[[], Tensor]]:
        found, expected = logits.log_softmax(-1), _logits(aims[chunk], head).log_softmax(-1)
        likely = expected.exp()
        return (likely * (expected - found)).sum(), lambda: found.exp_().sub_(likely)

    return judged


def _logits(states: Tensor, head: Tensor) -> Tensor:
    return (states.to(head.dtype) @ head.t()).float()


def answer_states(model: Any, rows: Rows) -> tuple[Tensor, Tensor]:
    """What the network makes of the places that bear loss [targets, size], in the rows' order, and
    what to predict there."""
    used, device = rows.segments > 0, model.lm_head.weight.device
    lengths = _lengths(rows)
    spare = _spare(int(used.sum()), device)
    ids, positions = (
        F.pad(torch.from_numpy(each[used]).long(), (0, spare))[None].to(device)
        for each in (rows.ids, rows.positions)
    )
    targets = torch.from_numpy(rows.targets[used]).long()
    places = (targets >= 0).nonzero()[:, 0].to(device)
    with last_block_at(model, places):
        hidden = model.model(
            inputs_embeds=model.get_input_embeddings()(ids),
            position_ids=positions,
            use_cache=False,
            lengths=(*lengths, spare) if spare else lengths,
        ).last_hidden_state
    return hidden[0].index_select(0, places), targets.to(device)[places]


@contextmanager
def last_block_at(model: Any, places: Tensor) -> Iterator[None]:
    """For a while the last layer's feed-forward block computes at these places [n] of the one row
    alone: nothing reads what it makes of the others, where it gives 0."""
    if model.is_activation_checkpointing:  # it is computed once more, after that while
        yield
        return
    block = model.model.layers[-1].mlp
    whole = block.forward

    def at_places(states: Tensor) -> Tensor:
        made: Tensor = whole(states[0].index_select(0, places))
        return made.new_zeros(states.shape[1:]).index_copy(0, places, made)[None]

    block.forward = at_places
    try:
        yield
    finally:
        block.forward = whole


def _spare(length: int, device: torch.device) -> int:
    """How much is added to a length for its rounding."""
    return -length % _STEP if torch.is_autocast_enabled(device.type) else 0


def _lengths(rows: Rows) -> tuple[int, ...]:
    """The tokens of each example, in the rows' order."""
    lengths: list[int] = []
    for row in rows.segments:
        lengths += np.bincount(row)[1:].tolist()
    return tuple(lengths)
