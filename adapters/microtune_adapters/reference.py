"""Takes the trainer's logits on one held-out example, as the reference for the serving engine."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from microtune.words import Document
from microtune_adapters.chatml import ChatCodec
from microtune_adapters.examples import Nearest, heldout_examples
from microtune_adapters.fidelity import Floats, Reference
from microtune_adapters.torch_trainer import TorchTrainer

_ANSWER_WORDS = 60


def take_reference(
    trainer: TorchTrainer,
    codec: ChatCodec,
    documents: Sequence[Document],
    nearest: Nearest,
    context: int,
) -> Reference:
    """Logits in float32, with the adapter on and off, for the newest document's first words.

    `context` is the serving engine's, in tokens: both must cut a long prompt alike.
    """
    example = heldout_examples(documents[-1], nearest)[0]
    answer = _beginning(example.answer, codec, context // 4)
    ids = codec.encode(answer)
    prompt = codec.fitted(example.turns, context - len(ids))
    with trainer.model.disable_adapter():
        base = _logits(trainer.network, prompt, ids)
    return Reference(example.turns, answer, base, _logits(trainer.network, prompt, ids))


def _beginning(text: str, codec: ChatCodec, most: int) -> str:
    """The first words of a text, in at most `most` tokens."""
    text = " ".join(text.split(" ")[:_ANSWER_WORDS])
    while len(codec.encode(text)) > most:
        text = text[: len(text) // 2]
    return text


def _logits(network: Any, prompt: Sequence[int], answer: Sequence[int]) -> Floats:
    """[answer tokens, vocabulary] at the places that predict each of them."""
    import torch

    network.eval()
    with torch.no_grad():
        ids = torch.tensor([[*prompt, *answer]])
        logits = network(input_ids=ids, logits_to_keep=len(answer) + 1).logits[0, :-1]
    return np.asarray(logits.float().numpy(), np.float32)
