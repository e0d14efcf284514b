"""How strongly an adapter is applied, so that it changes general text no more than it may.

Scaling what was trained down between the base and all of it gives up little of what was gained and
much of what was lost (Wortsman et al., 2022, arXiv 2109.01903): the divergence from the base grows
with the square of the scale. Knows nothing of what computes.
"""

from collections.abc import Callable
from typing import Any

MOST = 0.008  # of the bits of general text; the gate, which asks other texts, allows 0.01
LEAST = 0.3  # what would have to be weaker than that is left to the gate
_STEP = 0.01


def strongest(divergence: Callable[[float], float]) -> float:
    """The largest strength, 1 at most, at which `divergence` is no more than `MOST`; `LEAST` where
    none is. It is asked two or three times, in turn from strong to weak."""
    strength, moved = 1.0, divergence(1.0)
    while moved > MOST and strength > LEAST:
        reached = strength * (MOST / moved) ** 0.5
        strength = max(LEAST, min(strength - _STEP, _STEP * int(reached / _STEP)))
        strength = round(strength, 2)
        moved = divergence(strength)
    return strength


def weakened(weights: dict[str, Any], strength: float) -> dict[str, Any]:
    """Adapter weights by peft's names, of which B is scaled."""
    return {n: w * strength if ".lora_B" in n else w for n, w in weights.items()}
