"""How near two sets of texts are as a whole, after MAUVE (Pillutla et al., 2021).

MAUVE clusters embeddings of a large language model. Here TF-IDF of character n-grams, reduced by
a truncated SVD, stands in for them: it sees wording, spelling and layout, and no meaning; its
figures compare with each other alone, never with published ones. With tens of texts the bins are
smoothed by half a count each, as the authors' later paper advises (Pillutla et al., 2023), and
clustering is repeated, since its beginnings matter.
"""

import warnings
from collections.abc import Sequence
from statistics import mean
from typing import Any

import numpy as np

SCALE = 5.0  # c in the paper
DIMENSIONS = 40
TEXTS_A_BIN = 10
REPEATS = 5


def mauve(some: Sequence[str], others: Sequence[str], seed: int = 0) -> float:
    """From near 0 (nothing in common) to 1 (alike). The order of the two hardly matters."""
    vectors = _embedded([*some, *others])
    return mean(_area(*_histograms(vectors, len(some), seed + repeat)) for repeat in range(REPEATS))


def _embedded(texts: Sequence[str]) -> Any:
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    tfidf = TfidfVectorizer(
        analyzer="char", ngram_range=(2, 4), sublinear_tf=True, max_features=20_000
    )
    counted = tfidf.fit_transform(texts)
    dimensions = min(DIMENSIONS, len(texts) - 1, counted.shape[1] - 1)
    return normalize(TruncatedSVD(dimensions, random_state=0).fit_transform(counted))


def _histograms(vectors: Any, border: int, seed: int) -> tuple[Any, Any]:
    """The shares of the texts before the border, and after it, in bins of both together."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    bins = max(2, len(vectors) // TEXTS_A_BIN)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different texts than bins
        labels = KMeans(bins, n_init=3, random_state=seed).fit_predict(vectors)
    counts = [np.bincount(part, minlength=bins) + 0.5 for part in np.split(labels, [border])]
    one, other = (count / count.sum() for count in counts)
    return one, other


def _area(one: Any, other: Any) -> float:
    """Under the curve of exp(-c KL) of each against their mixtures."""
    points = [(0.0, 1.0)]
    for weight in np.linspace(0.99, 0.01, 99):
        mixed = weight * one + (1 - weight) * other
        points.append((_nearness(other, mixed), _nearness(one, mixed)))
    xs, ys = zip(*sorted([*points, (1.0, 0.0)], key=lambda p: (p[0], -p[1])), strict=True)
    return float(np.trapezoid(ys, xs))


def _nearness(one: Any, mixed: Any) -> float:
    return float(np.exp(-SCALE * np.sum(one * np.log(one / mixed))))
