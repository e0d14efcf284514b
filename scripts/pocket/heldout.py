"""Held-out bits per byte by kind of text: the beginnings of texts that were never trained on."""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence

import torch
from torch.nn import functional as F

from .corpus import Record
from .model import Pocket

CHARACTERS = 3000  # of each text; it must fit the context


@torch.no_grad()
def bits_per_byte(
    model: Pocket, records: Sequence[Record], encode: Callable[[str], list[int]], end: int
) -> dict[str, float]:
    """Kind → bits per UTF-8 byte over each text's beginning; "all" over every text."""
    nats: dict[str, float] = defaultdict(float)
    size: dict[str, int] = defaultdict(int)
    for record in records:
        text = record.text[:CHARACTERS]
        ids = [end, *encode(text)]
        if len(ids) > model.shape.context + 1:
            continue  # it would be cut inside, and its bytes not be known
        batch = torch.tensor([ids], device=model.embed_tokens.weight.device)
        logits = F.linear(model(batch[:, :-1]), model.embed_tokens.weight)
        loss = F.cross_entropy(logits[0].float(), batch[0, 1:], reduction="sum").item()
        for kind in (record.kind, "all"):
            nats[kind] += loss
            size[kind] += len(text.encode())
    return {k: nats[k] / math.log(2) / size[k] for k in sorted(nats)}
