"""The named sizes are what the issue and llama.cpp's quantisations ask of them."""

import pytest

from scripts.pocket.model import Pocket
from scripts.pocket.sizes import SIZES, parameters

BLOCK = 256  # elements of a K-quant's block


@pytest.mark.parametrize("name", ["small", "large"])
def test_the_count_is_that_of_the_network(name: str) -> None:
    shape = SIZES[name].shape
    network = Pocket(shape)
    assert parameters(shape) == sum(w.numel() for w in network.parameters())


@pytest.mark.parametrize(("name", "low", "high"), [("small", 6e6, 10e6), ("large", 25e6, 40e6)])
def test_each_lies_within_its_bounds(name: str, low: float, high: float) -> None:
    shape = SIZES[name].shape
    assert low <= parameters(shape) <= high
    assert parameters(shape) * 34 / 32 < 39 * 2**20  # Q8_0, with room for the tokenizer
    assert shape.context == 1024
    assert all(width % BLOCK == 0 for width in (shape.hidden, shape.inner, shape.vocabulary))
    assert shape.vocabulary <= 2**16  # tokens are kept as uint16


@pytest.mark.parametrize("name", ["small", "large"])
def test_its_training_fits_together(name: str) -> None:
    size = SIZES[name]
    assert size.batch % size.micro == 0
    assert size.tokens == size.steps * size.batch * 1024
