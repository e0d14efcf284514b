"""Fidelity: does the serving engine compute the same adapter that was trained?

The trainer's logits on one example, with and without the adapter, are the reference. Quantised
products shift all logits a little, so what is compared is the change that the adapter makes.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microtune.contracts import Engine, Turn

Floats = NDArray[np.float32]

LEAST_COSINE = 0.97
SIZE_RANGE = (0.9, 1.1)


@dataclass(frozen=True, slots=True)
class Reference:
    """The trainer's logits [answer tokens, vocabulary] for `answer` to `turns`."""

    turns: tuple[Turn, ...]
    answer: str
    base: Floats
    adapted: Floats


@dataclass(frozen=True, slots=True)
class Fidelity:
    """How the change in the engine's logits compares with the trainer's: direction (`cosine`)
    and relative `size`; `problem` is "" when both are as they should be."""

    cosine: float
    size: float
    problem: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def compare(engine: Engine, adapter: Path, reference: Reference) -> Fidelity:
    """Ask the engine for the same logits, without and with the adapter."""
    engine.use(None)
    base = _logits(engine, reference.turns, reference.answer)
    engine.use(adapter)
    adapted = _logits(engine, reference.turns, reference.answer)
    engine.use(None)
    return judged(adapted - base, reference.adapted - reference.base)


def judged(served: Floats, trained: Floats) -> Fidelity:
    """Compare two changes of the same logits."""
    if not (np.isfinite(served).all() and np.isfinite(trained).all()):
        return Fidelity(0.0, 0.0, "the adapter gives logits that are not numbers")
    served_norm, trained_norm = float(np.linalg.norm(served)), float(np.linalg.norm(trained))
    if served_norm == 0 or trained_norm == 0:
        return Fidelity(0.0, 0.0, "the adapter changes nothing in the serving engine")
    cosine = float((served * trained).sum() / served_norm / trained_norm)
    size = served_norm / trained_norm
    fine = cosine >= LEAST_COSINE and SIZE_RANGE[0] <= size <= SIZE_RANGE[1]
    problem = "" if fine else (
        f"the serving engine computes another adapter than was trained "
        f"(direction {cosine:.3f}, size {size:.2f})"
    )  # fmt: skip
    return Fidelity(cosine, size, problem)


def _logits(engine: Engine, turns: Sequence[Turn], text: str) -> Floats:
    return np.asarray(engine.logits(turns, text), np.float32)
