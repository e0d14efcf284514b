"""Trains by a recipe of others with peft: padded batches, torch's AdamW, the recipe's schedule.

To the recipe's own end, or for so many seconds, in which the schedule runs its whole way.
"""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from microtune_adapters.rows import Encoded
from microtune_adapters.torch_base import quiet
from recipes.rival import ALL_LINEAR, Rival

FEWEST_STEPS = 2  # the first of a warm-up changes nothing
TOGETHER = 4  # sequences whose logits are in memory at one time


@dataclass(frozen=True, slots=True)
class Ran:
    """`cut`: it was stopped before its own end, at the longest that is allowed."""

    steps: int
    seconds: float
    cut: bool


def with_adapter(rival: Rival, model: Any) -> Any:
    """`model` with the rival's adapter in it."""
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(0)
    layers = len(model.model.layers)
    last = min(rival.last_layers or layers, layers)
    config = LoraConfig(
        r=rival.rank,
        lora_alpha=rival.scale * rival.rank,
        lora_dropout=rival.dropout,
        target_modules=list(ALL_LINEAR),
        layers_to_transform=None if last == layers else list(range(layers - last, layers)),
        task_type="CAUSAL_LM",
    )
    with quiet():
        return get_peft_model(model, config)


def train(
    rival: Rival, model: Any, sequences: Sequence[Encoded], seconds: float | None, longest: float
) -> Ran:
    """Train the adapter in `model`. `seconds`: for so long; None: to its own end, or `longest`."""
    import torch

    weights = [w for w in model.parameters() if w.requires_grad]
    optimiser = torch.optim.AdamW(
        weights, lr=rival.learning_rate, betas=rival.betas, weight_decay=rival.weight_decay
    )
    model.train()
    own_end, step, began = rival.own_end(len(sequences)), 0, time.monotonic()
    for batch in batches(rival, sequences):
        spent = time.monotonic() - began
        planned = own_end if seconds is None else _expected(step, spent, seconds)
        if step >= planned or (step >= FEWEST_STEPS and spent > (seconds or longest)):
            break
        for group in optimiser.param_groups:
            group["lr"] = rival.learning_rate * rival.schedule(step, planned)
        _backward(rival, model, batch)
        if rival.clip:
            torch.nn.utils.clip_grad_norm_(weights, rival.clip)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        step += 1
    cut = seconds is None and step < own_end
    return Ran(step, time.monotonic() - began, cut)


def _expected(step: int, spent: float, seconds: float) -> int:
    """How many steps there will be in all, going by those that there were."""
    return max(step + 1, round(step * seconds / spent)) if step else 1000


def batches(rival: Rival, sequences: Sequence[Encoded]) -> Iterator[list[Encoded]]:
    """Without end, epoch after epoch in a drawn order."""
    rng, size = random.Random(0), rival.batch
    order = list(sequences)
    if rival.by_length:
        order.sort(key=lambda one: len(one.ids))
    while True:
        if not rival.by_length:
            rng.shuffle(order)
        parts = [order[at : at + size] for at in range(0, len(order), size)]
        if rival.by_length:
            parts = [part for part in parts if len(part) == size] or parts
            rng.shuffle(parts)
        yield from parts


def _backward(rival: Rival, model: Any, batch: Sequence[Encoded]) -> None:
    """Gradients of the mean loss over the batch's tokens, a few sequences at a time."""
    from torch.nn import functional

    count = sum(len(one.ids) - (one.answer if rival.masked else 1) for one in batch)
    for at in range(0, len(batch), TOGETHER):
        ids, wanted = _tensors(rival, batch[at : at + TOGETHER])
        logits = model(input_ids=ids, use_cache=False).logits  # causal: padding is never seen
        chosen = wanted >= 0
        nats = functional.cross_entropy(logits[chosen], wanted[chosen], reduction="sum")
        (nats / count).backward()


def _tensors(rival: Rival, part: Sequence[Encoded]) -> tuple[Any, Any]:
    """Ids padded to the right, and what is to be predicted at each place, -100 for nothing."""
    import torch

    longest = max(len(one.ids) for one in part)
    ids = torch.zeros((len(part), longest), dtype=torch.long)
    wanted = torch.full((len(part), longest), -100, dtype=torch.long)
    for row, one in enumerate(part):
        first = one.answer if rival.masked else 1
        ids[row, : len(one.ids)] = torch.tensor(one.ids)
        wanted[row, first - 1 : len(one.ids) - 1] = torch.tensor(one.ids[first:])
    return ids, wanted
