"""Takes the trainer's logits on one held-out example, as the reference for the serving engine."""

from collections.abc import Sequence
from typing import Protocol

from microtune.words import Document
from microtune_adapters.chatml import ChatCodec
from microtune_adapters.examples import Nearest, heldout_examples
from microtune_adapters.fidelity import Floats, Reference

_ANSWER_WORDS = 60


class ShowsLogits(Protocol):
    """A trainer that can say what it computes."""

    def answer_logits(self, prompt: Sequence[int], answer: Sequence[int], adapted: bool) -> Floats:
        """[answer tokens, vocabulary] at the places that predict each token of `answer`, with the
        adapter or without."""
        ...


def take_reference(
    trainer: ShowsLogits,
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
    base, adapted = (trainer.answer_logits(prompt, ids, with_it) for with_it in (False, True))
    return Reference(example.turns, answer, base, adapted)


def _beginning(text: str, codec: ChatCodec, most: int) -> str:
    """The first words of a text, in at most `most` tokens."""
    text = " ".join(text.split(" ")[:_ANSWER_WORDS])
    while len(codec.encode(text)) > most:
        text = text[: len(text) // 2]
    return text
