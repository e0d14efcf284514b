"""Texts as vectors of length one, in which nearness is likeness of manner."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.preprocessing import StandardScaler, normalize

from microtune_adapters.briefs import FUNCTION_WORDS

from .disguise import disguised

CHARACTERS = (2, 5)
MOST_NGRAMS = 12_000


class Space(Protocol):
    def fitted(self, texts: Sequence[str]) -> "Space": ...

    def vectors(self, texts: Sequence[str]) -> Any:
        """[texts, dimensions], each row of length one (or zero)."""
        ...


class Characters:
    """TF-IDF of the character n-grams of disguised texts."""

    def __init__(self) -> None:
        self._tfidf = TfidfVectorizer(
            analyzer="char",
            preprocessor=disguised,
            ngram_range=CHARACTERS,
            max_features=MOST_NGRAMS,
            sublinear_tf=True,
            dtype=np.float32,
        )

    def fitted(self, texts: Sequence[str]) -> "Characters":
        self._tfidf.fit(texts)
        return self

    def vectors(self, texts: Sequence[str]) -> Any:
        return self._tfidf.transform(texts)


class FunctionWords:
    """Frequencies of function words a word, standardised over the texts that were fitted."""

    def __init__(self) -> None:
        self._count = CountVectorizer(
            vocabulary=sorted(FUNCTION_WORDS), token_pattern=r"[^\W\d_]+(?:['’][^\W\d_]+)*"
        )
        self._scale = StandardScaler()

    def fitted(self, texts: Sequence[str]) -> "FunctionWords":
        self._scale.fit(self._frequencies(texts))
        return self

    def vectors(self, texts: Sequence[str]) -> Any:
        return normalize(self._scale.transform(self._frequencies(texts)))

    def _frequencies(self, texts: Sequence[str]) -> Any:
        counts = self._count.transform(text.replace("’", "'") for text in texts).toarray()
        words = np.array([[max(1, len(text.split()))] for text in texts])
        return counts / words


def cosines(some: Any, others: Any) -> Any:
    """[some, others], of vectors of length one."""
    product = some @ others.T
    return product.toarray() if hasattr(product, "toarray") else np.asarray(product)


def length_of_mean(vectors: Any) -> float:
    return float(np.linalg.norm(np.asarray(vectors.mean(axis=0)).ravel())) or 1.0
