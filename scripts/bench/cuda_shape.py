"""The shape of a Qwen3 base, and how much computing training an adapter on it takes at the least.

Pure arithmetic: knows nothing of torch nor of who trains.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Shape:
    """Of a Qwen3 whose output is its embedding; `keys` are its key-value heads of `size` each."""

    layers: int
    hidden: int
    inner: int
    heads: int
    keys: int
    size: int
    vocabulary: int
    context: int

    def config(self) -> dict[str, Any]:
        """What `transformers.Qwen3Config` is made with."""
        return {
            "num_hidden_layers": self.layers,
            "hidden_size": self.hidden,
            "intermediate_size": self.inner,
            "num_attention_heads": self.heads,
            "num_key_value_heads": self.keys,
            "head_dim": self.size,
            "vocab_size": self.vocabulary,
            "max_position_embeddings": self.context,
            "rope_parameters": {"rope_type": "default", "rope_theta": 1_000_000.0},
            "tie_word_embeddings": True,
        }

    def projections(self) -> list[tuple[int, int]]:
        """Inputs and outputs of the linear layers of one decoder layer; all are adapted."""
        attended, shared = self.heads * self.size, self.keys * self.size
        attention = [(self.hidden, attended), *[(self.hidden, shared)] * 2, (attended, self.hidden)]
        return [*attention, *[(self.hidden, self.inner)] * 2, (self.inner, self.hidden)]

    @property
    def linear(self) -> int:
        """Parameters of the decoder's linear layers."""
        return self.layers * sum(i * o for i, o in self.projections())

    def lora(self, rank: int) -> int:
        """Parameters of an adapter of all of them."""
        return self.layers * sum(rank * (i + o) for i, o in self.projections())


SHAPES = {
    "qwen3-1.7b": Shape(28, 2048, 6144, 16, 8, 128, 151_936, 40_960),
    "tiny": Shape(2, 64, 128, 4, 2, 16, 512, 1_024),
}


def useful_operations(shape: Shape, rank: int, lengths: Iterable[tuple[int, int]]) -> int:
    """Floating point operations that one pass over examples of these lengths (all tokens, and those
    of the answer) cannot do without, forward and backward; what MFU is reckoned from.

    A product costs two for each weight and token, and so does the gradient by its input; the base
    is frozen, so it has no gradient by its weights, and the adapter has. Attention is causal and
    within the example: half of its square, scores and values, and twice that backward. The output
    is needed where the answer is and nowhere else. Padding, and whatever a trainer computes again
    or for nothing, counts for nobody. Norms, activations and the optimiser are left out.
    """
    total = 0
    for tokens, answer in lengths:
        total += tokens * (4 * shape.linear + 6 * shape.lora(rank))
        total += shape.layers * 3 * (2 * tokens**2 * shape.heads * shape.size)
        total += answer * 4 * shape.hidden * shape.vocabulary
    return total
