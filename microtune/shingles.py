"""Runs of words that a text shares with given ones. Knows nothing of documents or storage."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

WORDS = 8  # in a row: fewer are shared by chance
_WORD = re.compile(r"\w+")


class Shingles:
    """Every run of `WORDS` words of some texts, by hash: 8 bytes each, however many they are."""

    def __init__(self, texts: Iterable[str]) -> None:
        import numpy

        hashes = chain.from_iterable(map(_hashes, texts))
        self._hashes = numpy.unique(numpy.fromiter(hashes, dtype=numpy.int64))

    def within(self, text: str) -> bool:
        """Whether one of the runs stands in `text`, whatever its case and punctuation."""
        import numpy

        if not len(self._hashes):
            return False
        asked = numpy.fromiter(_hashes(text), dtype=numpy.int64)
        at = numpy.searchsorted(self._hashes, asked)
        return bool((self._hashes[numpy.minimum(at, len(self._hashes) - 1)] == asked).any())


def _hashes(text: str) -> Iterator[int]:
    words = [word.casefold() for word in _WORD.findall(text)]
    return (hash(tuple(words[at : at + WORDS])) for at in range(len(words) - WORDS + 1))
