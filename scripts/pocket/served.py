"""The likelihood of token ids as llama.cpp computes it, for any base that it loads."""

from collections.abc import Sequence

from microtune_adapters.engine.llama import log_likelihoods
from microtune_adapters.engine.native import BATCH, NativeModel


def nats(model: NativeModel, ids: Sequence[int]) -> float:
    """The negative log-likelihood of all tokens but the first. What the model held is forgotten."""
    model.forget()
    total, read = 0.0, ids[:-1]
    for start in range(0, len(read), BATCH):
        part = read[start : start + BATCH]
        logits = model.read(part, start, every=True)
        total -= float(log_likelihoods(logits, ids[start + 1 : start + 1 + len(part)]).sum())
    return total
