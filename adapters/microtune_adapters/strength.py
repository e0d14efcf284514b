"""How strongly an adapter is applied, so that general text costs no more than it may.

Scaling what was trained down between the base and all of it gives up little of what was gained and
much of what was lost (Wortsman et al., 2022, arXiv 2109.01903): the cost grows about with the
square of the scale. Knows nothing of what computes.
"""

from collections.abc import Callable
from typing import Any

MOST = 0.006  # of the bits of general text; the gate, which asks other texts, allows 0.01
LEAST = 0.3  # what would have to be weaker than that is left to the gate
_STEP = 0.05


def strongest(cost: Callable[[float], float]) -> float:
    """The largest strength, 1 at most, at which `cost` is no more than `MOST`; `LEAST` where none
    is. `cost` is asked two or three times, in turn from strong to weak."""
    strength, costs = 1.0, cost(1.0)
    while costs > MOST and strength > LEAST:
        reached = strength * (MOST / costs) ** 0.5
        strength = max(LEAST, min(strength - _STEP, _STEP * int(reached / _STEP)))
        strength = round(strength, 2)
        costs = cost(strength)
    return strength


def weakened(weights: dict[str, Any], strength: float) -> dict[str, Any]:
    """Adapter weights by peft's names, of which B is scaled."""
    return {n: w * strength if ".lora_B" in n else w for n, w in weights.items()}
