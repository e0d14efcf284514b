"""Draws tokens from logits by the rules that llama.cpp's samplers have, in numpy.

Repeat penalty, top-p, min-p, temperature, in this order; the seed decides the rest. Knows nothing
of where logits come from.
"""

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from microtune.contracts import Sampling

REPEAT_WINDOW = 256  # the latest own tokens that the repeat penalty looks at
Floats = NDArray[np.float32]


class Drawing:
    """Draws the tokens of one stream. `logits` gives those after what was read last. At
    temperature 0 the likeliest token is taken."""

    def __init__(self, logits: Callable[[], Floats], sampling: Sampling) -> None:
        self._logits, self._sampling = logits, sampling
        self._drawn: deque[int] = deque(maxlen=REPEAT_WINDOW)
        self._chance = np.random.default_rng(sampling.seed & 0xFFFFFFFF)

    def draw(self) -> int:
        """The next token after what was read last."""
        logits = np.array(self._logits(), np.float64)
        drawn, penalty = list(set(self._drawn)), self._sampling.repeat_penalty
        before = logits[drawn]
        logits[drawn] = np.where(before > 0, before / penalty, before * penalty)
        token = self._chosen(logits)
        self._drawn.append(token)
        return token

    def close(self) -> None:
        """Nothing is held."""

    def _chosen(self, logits: NDArray[np.float64]) -> int:
        if self._sampling.temperature <= 0:
            return int(logits.argmax())
        order = np.argsort(-logits, kind="stable")
        ranked = np.exp(logits[order] - logits[order[0]])
        ranked /= ranked.sum()
        before = np.cumsum(ranked) - ranked  # what likelier tokens have
        kept = (before < self._sampling.top_p) & (ranked >= self._sampling.min_p * ranked[0])
        kept[0] = True
        order = order[kept]
        weights = np.exp((logits[order] - logits[order[0]]) / self._sampling.temperature)
        return int(self._chance.choice(order, p=weights / weights.sum()))
