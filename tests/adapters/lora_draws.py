"""Adapters drawn by hypothesis. Knows no file format."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from microtune_adapters.lora_weights import LoraWeights

FLOATS = st.floats(-1e6, 1e6, width=32)


@st.composite
def adapters(
    draw: st.DrawFn, projections: Sequence[str], sizes: st.SearchStrategy[int]
) -> tuple[LoraWeights, int]:
    """An adapter of some projections in the last layers of a base, and how many layers it has."""
    layers, rank = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    scale = draw(st.integers(1, 6400)) / 64  # so that its product with a rank is exact
    chosen = draw(st.sets(st.sampled_from(projections), min_size=1))
    shapes = {name: (draw(sizes), draw(sizes)) for name in sorted(chosen)}
    modules = {
        f"model.layers.{layer}.{name}": (
            draw(arrays(np.float32, (rank, inputs), elements=FLOATS)),
            draw(arrays(np.float32, (outputs, rank), elements=FLOATS)),
        )
        for layer in range(draw(st.integers(0, layers - 1)), layers)
        for name, (outputs, inputs) in shapes.items()
    }
    next(iter(modules.values()))[1][0, 0] = 1.0
    return LoraWeights(rank, scale * rank, scale, modules), layers
