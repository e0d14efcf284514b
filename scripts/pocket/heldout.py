"""Held-out bits per byte by kind of text. Whole texts, cut to the context; nothing is trained."""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence

import torch
from torch.nn import functional as F

from .corpus import Record
from .model import Pocket


@torch.no_grad()
def bits_per_byte(
    model: Pocket, records: Sequence[Record], encode: Callable[[str], list[int]], end: int
) -> dict[str, float]:
    """Kind → bits per UTF-8 byte over each text's first context; "all" over every text."""
    nats: dict[str, float] = defaultdict(float)
    size: dict[str, int] = defaultdict(int)
    for record in records:
        text = record.text[:3000]
        ids = [end, *encode(text)][: model.shape.context + 1]
        covered = text if len(ids) <= model.shape.context else None
        batch = torch.tensor([ids], device=model.embed_tokens.weight.device)
        logits = F.linear(model(batch[:, :-1]), model.embed_tokens.weight)
        loss = F.cross_entropy(logits[0].float(), batch[0, 1:], reduction="sum").item()
        if covered is None:
            continue  # cut inside the text: its bytes are not known
        for kind in (record.kind, "all"):
            nats[kind] += loss
            size[kind] += len(text.encode())
    return {k: nats[k] / math.log(2) / size[k] for k in sorted(nats)}
