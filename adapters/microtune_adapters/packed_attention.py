"""Attention of examples that lie one behind the other in one long row, each seeing only itself.

A mask over a packed row lets most scores be computed only to be thrown away; here each example's
square alone is computed, by torch's fused kernel. transformers models call it by the name `NAME`.
"""

from functools import cache
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
    spans = list(lengths or (query.shape[2],))
    apart = (torch.split_with_sizes(whole, spans, dim=2) for whole in (query, key, value))
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


def _for_each(shared: Tensor, heads: int) -> Tensor:
    """Key or value heads repeated for the query heads that share them."""
    rows, few, length, size = shared.shape
    spread = shared[:, :, None].expand(rows, few, heads // few, length, size)
    return spread.reshape(rows, heads, length, size)


def _no_mask(*_: Any, **__: Any) -> None:
    """What transformers puts a mask in for: none is needed."""
