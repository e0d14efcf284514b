"""Nats of texts in the torch model that was trained, for comparing variants with each other.

Plain right-padded batches through the model as transformers offers it, so that no trick of the
trainer's can favour what it trained. What is reported in the end is scored by the serving engine.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from microtune_adapters.chatml import ChatCodec
from microtune_adapters.examples import Example
from microtune_adapters.rows import Encoded, encoded

BATCH = {"cpu": 8}  # sequences at once
ELSEWHERE = 32


@dataclass(frozen=True, slots=True)
class Scored:
    """What is scored, in tokens; `bytes` are those of the answers."""

    sequences: tuple[Encoded, ...]
    bytes: int

    def save(self, path: Path) -> None:
        sequences = [[one.ids, one.answer] for one in self.sequences]
        path.write_text(json.dumps({"bytes": self.bytes, "sequences": sequences}), "utf-8")

    @classmethod
    def load(cls, path: Path) -> "Scored":
        read = json.loads(path.read_text("utf-8"))
        return cls(tuple(Encoded(tuple(ids), at) for ids, at in read["sequences"]), read["bytes"])


def scored(codec: ChatCodec, asked: Iterable[Example], room: int) -> Scored:
    """`asked`, each in at most `room` tokens."""
    examples = list(asked)
    size = sum(len(one.answer.encode()) for one in examples)
    return Scored(tuple(encoded(codec, one, room) for one in examples), size)


def bits_per_byte(model: Any, of: Scored) -> float:
    """Of the answers."""
    return nats(model, of.sequences) / math.log(2) / of.bytes


def nats(model: Any, sequences: Sequence[Encoded]) -> float:
    """Summed over the answers of all `sequences`."""
    import torch

    was_training = model.training
    model.eval()
    by_length = sorted(sequences, key=lambda one: len(one.ids))
    size = BATCH.get(model.device.type, ELSEWHERE)
    with torch.no_grad():
        total = sum(
            _batch(model, by_length[at : at + size]) for at in range(0, len(by_length), size)
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
    ids, wanted = ids.to(model.device), wanted.to(model.device)
    logits = model(input_ids=ids, use_cache=False).logits  # causal: padding behind is not seen
    chosen = wanted >= 0
    return float(functional.cross_entropy(logits[chosen].float(), wanted[chosen], reduction="sum"))
