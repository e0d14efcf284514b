"""The two sizes of pocket by name: the network's shape, and how it is trained by default.

Every row of a matrix is a multiple of 256 wide, so that all of llama.cpp's quantisations fit it.
Knows nothing of files or devices.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .model import Shape


@dataclass(frozen=True, slots=True)
class Size:
    """A shape and its training: `batch` and `micro` count windows of a whole context, for a step
    and for one pass through the network; the rates are the highest of the schedule."""

    shape: Shape
    steps: int
    batch: int
    micro: int
    matrix_rate: float = 0.02  # Muon's
    embedding_rate: float = 3e-3  # AdamW's, for embeddings and norms

    @property
    def tokens(self) -> int:
        """How many tokens all of its steps see."""
        return self.steps * self.batch * self.shape.context


SIZES: Mapping[str, Size] = MappingProxyType(
    {
        # 6.6 M parameters, 36 M tokens: two cores with bf16 train it in an hour and a quarter
        "small": Size(Shape(), steps=2200, batch=16, micro=2),
        # 34.6 M parameters, a billion tokens: for a GPU; its file is 35 MiB in Q8_0
        "large": Size(
            Shape(vocabulary=16384, hidden=512, inner=1280, layers=10, heads=8, kv_heads=2),
            steps=4000,
            batch=256,
            micro=64,
        ),
    }
)


def parameters(shape: Shape) -> int:
    """How many weights a network of this shape has; the output shares the embedding's."""
    head = shape.hidden // shape.heads
    attention = 2 * shape.hidden * (shape.heads + shape.kv_heads) * head
    layer = attention + 3 * shape.hidden * shape.inner + 2 * shape.hidden
    return shape.vocabulary * shape.hidden + shape.layers * layer + shape.hidden
