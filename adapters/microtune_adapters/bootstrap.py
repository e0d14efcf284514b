"""Paired bootstrap over documents (Efron and Tibshirani, 1993; Koehn, 2004, for paired tests)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean difference and its 95 % interval, all in bits per byte."""

    mean: float
    low: float
    high: float


def paired_interval(
    differences: Sequence[float], weights: Sequence[int], *, seed: int = 0, draws: int = 4000
) -> Interval:
    """The interval of sum(differences) / sum(weights) when whole documents are drawn again.

    `differences` [documents] are paired differences in bits; `weights` [documents] in bytes.
    """
    d, w = np.asarray(differences, float), np.asarray(weights, float)
    picks = np.random.default_rng(seed).integers(0, len(d), (draws, len(d)))
    means = d[picks].sum(1) / w[picks].sum(1)
    low, high = np.percentile(means, (2.5, 97.5))
    return Interval(float(d.sum() / w.sum()), float(low), float(high))
