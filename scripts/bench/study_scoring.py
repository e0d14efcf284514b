"""Nats of texts in the torch model that was trained, for comparing variants with each other.

Plain right-padded batches through the model as transformers offers it, so that no trick of the
trainer's can favour what it trained. What is reported in the end is scored by the serving engine.
"""

import math
from collections.abc import Sequence
from typing import Any

from microtune.words import Document
from microtune_adapters.chatml import ChatCodec
from microtune_adapters.examples import Example, Nearest, heldout_examples
from microtune_adapters.rows import Encoded, encoded

BATCH = 8


def bits_per_byte(
    model: Any, codec: ChatCodec, documents: Sequence[Document], nearest: Nearest | None, room: int
) -> float:
    """Of the words of `documents`, asked for as the product asks for held-out texts."""
    asked = [one for document in documents for one in heldout_examples(document, nearest)]
    return bits_of(model, codec, asked, room)


def bits_of(model: Any, codec: ChatCodec, asked: Sequence[Example], room: int) -> float:
    """Bits per byte of the answers."""
    size = sum(len(one.answer.encode()) for one in asked)
    return nats(model, [encoded(codec, one, room) for one in asked]) / math.log(2) / size


def nats(model: Any, sequences: Sequence[Encoded]) -> float:
    """Summed over the answers of all `sequences`."""
    import torch

    was_training = model.training
    model.eval()
    by_length = sorted(sequences, key=lambda one: len(one.ids))
    with torch.no_grad():
        total = sum(
            _batch(model, by_length[at : at + BATCH]) for at in range(0, len(by_length), BATCH)
        )
    model.train(was_training)
    return total


def _batch(model: Any, part: Sequence[Encoded]) -> float:
    import torch
    from torch.nn import functional

    longest = max(len(one.ids) for one in part)
    ids = torch.zeros((len(part), longest), dtype=torch.long)
    wanted = torch.full((len(part), longest), -100, dtype=torch.long)
    for row, one in enumerate(part):
        ids[row, : len(one.ids)] = torch.tensor(one.ids)
        wanted[row, one.answer - 1 : len(one.ids) - 1] = torch.tensor(one.ids[one.answer :])
    logits = model(input_ids=ids, use_cache=False).logits  # causal: padding behind is not seen
    chosen = wanted >= 0
    return float(functional.cross_entropy(logits[chosen].float(), wanted[chosen], reduction="sum"))
