"""Attention of examples that lie one behind the other in one long row, each seeing only itself.

A mask over a packed row lets most scores be computed only to be thrown away; here each example's
square alone is computed, by torch's fused kernel. transformers models call it by the name `NAME`.
"""

from functools import cache, lru_cache
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

NAME = "microtune_packed"


@cache
def offer_to_transformers() -> str:
    """Make the attention known to transformers, and return its name there."""
    from transformers import AttentionInterface, AttentionMaskInterface

    AttentionInterface.register(NAME, packed_attention)
    AttentionMaskInterface.register(NAME, _no_mask)
    return NAME


def packed_attention(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    sliding_window: int | None = None,
    lengths: tuple[int, ...] | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """Causal attention within each of the examples that `lengths` tells, in tokens; their sum is
    the row's length. Without `lengths` each row is one example.

    query [rows, heads, length, size], key and value [rows, key heads, length, size] →
    [rows, length, heads, size]. `sliding_window`: how many places each looks back at, itself one.
    """
    heads = query.shape[1]
    key, value = _for_each(key, heads), _for_each(value, heads)
    spans = lengths or (query.shape[2],)
    if query.is_cuda and len(spans) > 1:
        return side_by_side(query, key, value, spans, scaling, sliding_window), None
    apart = (torch.split_with_sizes(whole, list(spans), dim=2) for whole in (query, key, value))
    parts = [_causal(q, k, v, scaling, sliding_window) for q, k, v in zip(*apart, strict=True)]
    return torch.cat(parts, dim=2).transpose(1, 2), None


def _causal(
    query: Tensor, key: Tensor, value: Tensor, scaling: float | None, window: int | None
) -> Tensor:
    length = query.shape[2]
    if window is None or length <= window:
        return F.scaled_dot_product_attention(query, key, value, is_causal=True, scale=scaling)
    seen = torch.ones(length, length, dtype=torch.bool, device=query.device)
    band = seen.tril() & seen.triu(1 - window)
    return F.scaled_dot_product_attention(query, key, value, attn_mask=band, scale=scaling)


def side_by_side(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    spans: tuple[int, ...],
    scaling: float | None,
    window: int | None,
) -> Tensor:
    """The same of one long row on a card, where a call for each example costs more than scores of
    padding: all examples at once, each padded to the longest. As many key heads as query heads;
    → [1, length, heads, size]."""
    places, longest = _places(spans, query.device), max(spans)

    def apart(whole: Tensor) -> Tensor:
        """[1, heads, length, size] → [examples, heads, longest, size]"""
        heads, _, size = whole.shape[1:]
        padded = whole.new_zeros(len(spans) * longest, heads, size)
        padded = padded.index_copy(0, places, whole[0].transpose(0, 1))
        return padded.view(len(spans), longest, heads, size).transpose(1, 2)

    made = _causal(apart(query), apart(key), apart(value), scaling, window)
    return made.transpose(1, 2).flatten(0, 1).index_select(0, places)[None]


@lru_cache(maxsize=4)  # one step asks for its own in every layer
def _places(spans: tuple[int, ...], device: torch.device) -> Tensor:
    """Where each token of the row lies among the padded examples."""
    there = torch.arange(max(spans)) < torch.tensor(spans)[:, None]
    return there.flatten().nonzero()[:, 0].to(device)


def _for_each(shared: Tensor, heads: int) -> Tensor:
    """Key or value heads repeated for the query heads that share them."""
    rows, few, length, size = shared.shape
    spread = shared[:, :, None].expand(rows, few, heads // few, length, size)
    return spread.reshape(rows, heads, length, size)


def _no_mask(*_: Any, **__: Any) -> None:
    """What transformers puts a mask in for: none is needed."""
