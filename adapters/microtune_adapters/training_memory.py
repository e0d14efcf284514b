"""How much memory a training run takes on torch, by arithmetic; nothing is measured here.

Held against measurements by `scripts/bench/memory.py` (docs/benchmarks.md#memory-of-training).
"""

from dataclasses import replace

from microtune_adapters.recipes import Recipe

USABLE = 0.75  # of the memory; the rest is the system's, and of what its owner works with
_PROGRAM = 460e6  # bytes: microtune, torch, transformers and peft
_LOADING = 6.1  # bytes a parameter while the file is dequantised, of which 4 stay
_LOGITS = 100e6  # of one chunk, what is made of them, and the optimiser's passing arrays
_LORA = 18  # adapter parameters for each rank, layer and place of the hidden state
_STATE = 16  # bytes an adapter parameter: weight, gradient, two averages
_KEPT = 128  # bytes a layer, token and place that wait for the backward pass
_KEPT_ALWAYS = 4  # of them where a layer is computed again: what goes into it


def expected_memory_mb(parameters: int, layers: int, hidden: int, recipe: Recipe) -> int:
    """About how many MB (10^6 bytes) training takes at its peak, in float32, on a base of so many
    parameters and layers, with hidden states of that size."""
    adapted = len(recipe.adapted(layers))
    tokens = recipe.batch * recipe.row
    kept = tokens * hidden * _KEPT * adapted
    if recipe.recompute:
        kept = tokens * hidden * (_KEPT_ALWAYS * adapted + _KEPT)  # one layer at a time
    adapter = _LORA * recipe.rank * adapted * hidden * _STATE
    training = parameters * 4 + adapter + kept + _LOGITS
    return int((_PROGRAM + max(parameters * _LOADING, training)) / 1e6)


def fitted(parameters: int, layers: int, hidden: int, recipe: Recipe, memory_mb: int) -> Recipe:
    """The recipe, or the same with layers computed again where a machine of that memory asks for
    it: adapters come out alike, later."""
    expected = expected_memory_mb(parameters, layers, hidden, recipe)
    return recipe if expected <= memory_mb * USABLE else replace(recipe, recompute=True)
