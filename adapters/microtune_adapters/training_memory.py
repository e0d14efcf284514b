"""How much memory a training run takes on torch, by arithmetic; nothing is measured here.

Held against measurements by `scripts/bench/memory.py` (docs/benchmarks.md#memory-of-training) and,
on a card, by `scripts/bench/cuda.py` (docs/benchmarks.md#training-on-a-graphics-card).
"""

from dataclasses import replace
from typing import Protocol

from microtune_adapters.recipes import Recipe

USABLE = 0.75  # of the memory; the rest is the system's, and of what its owner works with
_PROGRAM = 460e6  # bytes: microtune, torch, transformers and peft
_LOADING = 6.1  # bytes a parameter while the file is dequantised, of which 4 stay
_LOGITS = 100e6  # of one chunk, what is made of them, and the optimiser's passing arrays
_LORA = 18  # adapter parameters for each rank, layer and place of the hidden state
_STATE = 16  # bytes an adapter parameter: weight, gradient, two averages
_KEPT = 128  # bytes a layer, token and place that wait for the backward pass
_ON_CARD = {"bf16": 2.0, "nf4": 0.9}  # bytes a parameter; the embedding is in bf16 either way
_HALF = 0.55  # of what is kept for the backward pass: most of it is in bf16
_CARD_LOGITS, _CARD_PROGRAM = 900e6, 600e6  # a larger chunk; CUDA's own and its libraries'
_KEPT_ALWAYS = 4  # of them where a layer is computed again: what goes into it


class Shape(Protocol):
    """What a run's memory depends on of a base; `hidden` is the size of its hidden states."""

    @property
    def parameters(self) -> int: ...
    @property
    def layers(self) -> int: ...
    @property
    def hidden(self) -> int: ...


def expected_memory_mb(base: Shape, recipe: Recipe) -> int:
    """About how many MB (10^6 bytes) training on the processor takes at its peak, in float32."""
    training = base.parameters * 4 + _adapter(base, recipe) + _kept(base, recipe, 1.0) + _LOGITS
    return max(loading_memory_mb(base), int((_PROGRAM + training) / 1e6))


def loading_memory_mb(base: Shape) -> int:
    """About how many MB of the machine's own memory are taken until the base is loaded."""
    return int((_PROGRAM + base.parameters * _LOADING) / 1e6)


def card_memory_mb(base: Shape, recipe: Recipe, form: str) -> int:
    """About how many MB training takes on an NVIDIA card, where the base is in that form."""
    held = base.parameters * _ON_CARD[form]
    training = held + _adapter(base, recipe) + _kept(base, recipe, _HALF) + _CARD_LOGITS
    return int((_CARD_PROGRAM + training) / 1e6)


def fitted(base: Shape, recipe: Recipe, memory_mb: int) -> Recipe:
    """The recipe, or the same with layers computed again where a machine of that memory asks for
    it: adapters come out alike, later."""
    expected = expected_memory_mb(base, recipe)
    return recipe if expected <= memory_mb * USABLE else replace(recipe, recompute=True)


def _adapter(base: Shape, recipe: Recipe) -> float:
    return _LORA * recipe.rank * len(recipe.adapted(base.layers)) * base.hidden * _STATE


def _kept(base: Shape, recipe: Recipe, share: float) -> float:
    """What waits for the backward pass; `share` of its size in float32."""
    tokens, layers = recipe.batch * recipe.row, len(recipe.adapted(base.layers))
    if recipe.recompute:
        return tokens * base.hidden * (_KEPT_ALWAYS * layers + _KEPT) * share  # one at a time
    return tokens * base.hidden * _KEPT * layers * share
