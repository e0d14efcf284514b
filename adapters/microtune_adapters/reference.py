"""Takes the trainer's logits on one held-out example, as the reference for the serving engine."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from microtune.words import Document
from microtune_adapters.chatml import ChatCodec
from microtune_adapters.examples import Example, Nearest, heldout_examples
from microtune_adapters.fidelity import Reference
from microtune_adapters.torch_trainer import TorchTrainer

_ANSWER_WORDS = 60


def take_reference(
    trainer: TorchTrainer, codec: ChatCodec, documents: Sequence[Document], nearest: Nearest
) -> Reference:
    """Logits in float32, with the adapter on and off, for the newest document's first words."""
    example = heldout_examples(documents[-1], nearest)[0]
    words = example.answer.split(" ")[:_ANSWER_WORDS]
    answer = " ".join(words)
    with trainer.model.disable_adapter():
        base = _logits(trainer.network, codec, example, answer)
    adapted = _logits(trainer.network, codec, example, answer)
    return Reference(example.turns, answer, base, adapted)


def _logits(network: Any, codec: ChatCodec, example: Example, answer: str) -> Any:
    import torch

    prompt, ids = codec.prompt(example.turns), codec.encode(answer)
    network.eval()
    with torch.no_grad():
        logits = network(input_ids=torch.tensor([[*prompt, *ids]])).logits[0]
    return logits[len(prompt) - 1 : -1].float().numpy().astype(np.float32)
