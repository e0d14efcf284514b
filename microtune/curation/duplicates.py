"""Near duplicates by MinHash over word triples, found through locality-sensitive hashing.

Two texts are near duplicates when their sets of word triples have an estimated Jaccard similarity
of at least `THRESHOLD` (Broder 1997; banding as in Leskovec, Rajaraman and Ullman, "Mining of
Massive Datasets", chapter 3). A short text has too few triples for that: it must be equal, but
for case and punctuation. Knows nothing of the store, which keeps the signatures.
"""

import re
from collections.abc import Collection, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datasketch import MinHash

THRESHOLD = 0.55
PERMUTATIONS = 96
_SEED = 1
_SCHEME = "affine32"  # named, so that a new default of the library cannot change what is stored
_SHINGLE = 3
_FEWEST_WORDS = 12  # below this only equal words are duplicates
_BLOCK = 4096  # signatures that a scan compares at once
_WORD = re.compile(r"\w+")


def signature(text: str) -> bytes:
    """The MinHash of `text`: `PERMUTATIONS` little-endian uint32, the same in every version."""
    from datasketch import MinHash

    sketch = MinHash(PERMUTATIONS, seed=_SEED, scheme=_SCHEME)
    sketch.update_batch(_shingles(text))
    return bytes(sketch.hashvalues.astype("<u4").tobytes())


def _shingles(text: str) -> list[bytes]:
    words = _WORD.findall(text.lower())
    if len(words) < _FEWEST_WORDS:
        return [("\0" + " ".join(words)).encode()]
    last = len(words) - _SHINGLE + 1
    return [" ".join(words[at : at + _SHINGLE]).encode() for at in range(last)]


def scan(
    signature: bytes, others: Iterable[tuple[str, bytes]], ignore: Collection[str] = ()
) -> str | None:
    """What `NearDuplicates.find` gives for `others`, without an index: for a search or two.

    Reads them one after the other and keeps none: 200,000 take less than a second, where making
    their index takes many.
    """
    import numpy as np

    sought = np.frombuffer(signature, dtype="<u4")
    near: list[tuple[float, str]] = []
    rows = iter(others)
    while block := list(islice(rows, _BLOCK)):
        table = np.frombuffer(b"".join(one for _, one in block), dtype="<u4")
        similarities = (table.reshape(len(block), PERMUTATIONS) == sought).mean(axis=1)
        for at in np.flatnonzero(similarities >= THRESHOLD):
            if block[at][0] not in ignore:
                near.append((-float(similarities[at]), block[at][0]))
    return min(near)[1] if near else None


class NearDuplicates:
    """The signatures of the texts kept so far, and which of them a new one is nearly equal to."""

    def __init__(self) -> None:
        self._waiting: dict[str, bytes] = {}  # added since the last search
        self._index: Any = None  # MinHashLSH, made at the first search
        self._sketches: dict[str, MinHash] = {}

    @staticmethod
    def signature(text: str) -> bytes:
        """See the function `signature`."""
        return signature(text)

    def add(self, id: str, signature: bytes) -> None:
        """Remember a text. Adding an id again replaces its signature."""
        self._waiting[id] = signature

    def find(self, signature: bytes, ignore: Collection[str] = ()) -> str | None:
        """The id of the most similar text at or above the threshold, or None.

        Among equally similar texts, the lowest id. `ignore` holds ids that do not count.
        """
        self._insert_waiting()
        sketch = _sketch(signature)
        near = []
        for id in self._index.query(sketch):
            similarity = sketch.jaccard(self._sketches[id])
            if similarity >= THRESHOLD and id not in ignore:
                near.append((-similarity, id))
        return min(near)[1] if near else None

    def _insert_waiting(self) -> None:
        if self._index is None:
            from datasketch import MinHashLSH

            # Rather one candidate too many than a duplicate missed: `find` checks each of them.
            self._index = MinHashLSH(THRESHOLD, PERMUTATIONS, weights=(0.2, 0.8))
        for id, signature in self._waiting.items():
            if id in self._sketches:
                self._index.remove(id)
            self._sketches[id] = _sketch(signature)
            self._index.insert(id, self._sketches[id])
        self._waiting.clear()


def _sketch(signature: bytes) -> "MinHash":
    import numpy as np
    from datasketch import MinHash

    return MinHash(seed=_SEED, scheme=_SCHEME, hashvalues=np.frombuffer(signature, dtype="<u4"))
