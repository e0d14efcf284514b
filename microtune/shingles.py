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
        return self.share(text) > 0

    def share(self, text: str) -> float:
        """The share of the runs of `text` that are among them; 0 for a text of too few words."""
        import numpy

        asked = numpy.fromiter(_hashes(text), dtype=numpy.int64)
        if not len(self._hashes) or not len(asked):
            return 0.0
        at = numpy.searchsorted(self._hashes, asked)
        found = self._hashes[numpy.minimum(at, len(self._hashes) - 1)] == asked
        return float(found.mean())


def _hashes(text: str) -> Iterator[int]:
    words = [word.casefold() for word in _WORD.findall(text)]
    return (hash(tuple(words[at : at + WORDS])) for at in range(len(words) - WORDS + 1))
