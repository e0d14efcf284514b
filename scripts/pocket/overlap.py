"""Finds text of given people in pretraining records, so that none of it is trained on.

Containment, not resemblance: one paragraph of a letter in the middle of a book must be found,
so the 8-word shingles of a record are looked up among all those of the writings (Broder, "On
the resemblance and containment of documents", 1997), instead of comparing whole texts.
Knows nothing of files; `people` reads them.
"""

import re
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .people import people, texts_of

Hashes = npt.NDArray[np.uint64]

WIDTH = 8  # words of a shingle
FEWEST = 5  # shared shingles, about twelve words in a row, from which a record is left out
COMMONPLACE = 3  # people in whose writings a shingle stands that is nobody's own
SEEN_BITS = 26  # first bits of a hash by which most unknown ones are told at once: 64 MiB

_WORD = re.compile(r"[^\W_]+")
_MULTIPLIERS = [pow(0x9E3779B97F4A7C15, k, 1 << 64) for k in range(WIDTH)]  # odd, all different


class _WordHashes(dict[str, int]):
    """The 64-bit hash of each word, computed once; the same in every process."""

    def __missing__(self, word: str) -> int:
        value = int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=8).digest())
        self[word] = value
        return value


class Writings:
    """The shingles of texts that must not be trained on.

    A shingle is eight words in a row, in lower case and without punctuation, so that quote marks,
    markup, case and line ends make no difference.
    """

    def __init__(self, persons: list[list[str]]) -> None:
        """`persons` holds the texts of each."""
        self._words = _WordHashes()
        own = [np.unique(np.concatenate([self._shingles(t) for t in p])) for p in persons]
        hashes, holders = np.unique(np.concatenate(own), return_counts=True)
        self._hashes: Hashes = hashes[holders < COMMONPLACE]
        self._seen = np.zeros(1 << SEEN_BITS, dtype=bool)  # spares most shingles the search
        self._seen[self._hashes >> np.uint64(64 - SEEN_BITS)] = True

    @classmethod
    def read(cls, folder: Path) -> "Writings":
        """Everything in a folder with one sub-folder a person, quoted text included.

        Raises `MicrotuneError` where there is no sub-folder, or one without any text.
        """
        return cls([list(texts_of(person)) for person in people(folder)])

    def __len__(self) -> int:
        return len(self._hashes)

    def shared(self, text: str) -> int:
        """How many different shingles of a text stand in the writings.

        Those that stand in the writings of `COMMONPLACE` people or more (disclaimers, footers,
        licences, figures of speech) are not counted.
        """
        hashes = self._shingles(text)
        return len(np.unique(hashes[self._known(hashes)]))

    def passages(self, text: str) -> list[str]:
        """The runs of words in a text that stand in the writings, for a person to look at."""
        words = _WORD.findall(text.lower())
        covered = np.zeros(len(words), dtype=bool)
        for start in np.flatnonzero(self._known(self._shingles(text))):
            covered[start : start + WIDTH] = True
        edges = np.flatnonzero(np.diff(covered, prepend=False, append=False))
        return [" ".join(words[a:b]) for a, b in zip(edges[::2], edges[1::2], strict=True)]

    def _known(self, hashes: Hashes) -> npt.NDArray[np.bool_]:
        known: npt.NDArray[np.bool_] = self._seen[hashes >> np.uint64(64 - SEEN_BITS)]
        if known.any():
            rest = hashes[known]
            places = np.searchsorted(self._hashes, rest).clip(max=len(self._hashes) - 1)
            known[known] = self._hashes[places] == rest
        return known

    def _shingles(self, text: str) -> Hashes:
        """The hash of each shingle in order: a polynomial of word hashes, modulo 2**64."""
        words = _WORD.findall(text.lower())
        count = len(words) - WIDTH + 1
        if count < 1:
            return np.empty(0, dtype=np.uint64)
        hashes = np.fromiter(map(self._words.__getitem__, words), np.uint64, len(words))
        rolled = np.zeros(count, dtype=np.uint64)
        for k, multiplier in enumerate(_MULTIPLIERS):
            rolled += hashes[k : k + count] * np.uint64(multiplier)
        return rolled
