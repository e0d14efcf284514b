"""Examples in one row: both ways to hold attention within each compute the same."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from microtune_adapters.packed_attention import packed_attention, side_by_side

HEADS, KEYS, SIZE = 4, 2, 8


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.sampled_from([None, 5, 64]))
def test_all_at_once_is_what_each_is_alone(spans: list[int], window: int | None) -> None:
    torch.manual_seed(0)
    row = [torch.randn(1, heads, sum(spans), SIZE) for heads in (HEADS, KEYS, KEYS)]
    weights = torch.randn(1, sum(spans), HEADS, SIZE)

    def gradients(made: Tensor, of: list[Tensor]) -> list[Tensor]:
        return [made.detach(), *torch.autograd.grad((made * weights).sum(), of)]

    apart = [one.clone().requires_grad_() for one in row]
    one_by_one, _ = packed_attention(
        None, *apart, None, sliding_window=window, lengths=tuple(spans)
    )
    together = [one.clone().requires_grad_() for one in row]
    query, *shared = together
    spread = [one.repeat_interleave(HEADS // KEYS, 1) for one in shared]
    at_once = side_by_side(query, *spread, tuple(spans), None, window)
    pairs = zip(gradients(one_by_one, apart), gradients(at_once, together), strict=True)
    for first, second in pairs:
        assert second == pytest.approx(first, abs=1e-5)
