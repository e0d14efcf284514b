"""Near duplicates by their MinHash signatures, found through locality-sensitive hashing.

Two texts are near duplicates when their sets of word triples have an estimated Jaccard similarity
of at least `THRESHOLD`. A short text has too few triples for that: it must be equal, but for case
and punctuation. Knows nothing of the store, which keeps the signatures.
"""

from collections.abc import Container, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from microtune.curation.minhash import PERMUTATIONS, signature

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from microtune.curation.bands import Bands

__all__ = ["PERMUTATIONS", "THRESHOLD", "NearDuplicates", "scan", "signature"]

THRESHOLD = 0.55
_ROWS = 4  # of a band: 24 bands find 90 of 100 texts at the threshold, 99 of 100 at 0.65
_BLOCK = 4096  # signatures that are read at once


def scan(
    signature: bytes,
    others: Iterable[tuple[str, bytes]],
    ignore: Container[str] = (),
) -> str | None:
    """What `NearDuplicates.find` gives for `others`, without an index: for a search or two.

    Reads them one after the other and keeps none.
    """
    from microtune.curation.bands import agreement

    sought = _row(signature)
    near: list[tuple[float, str]] = []
    for ids, table in _blocks(others):
        shares = agreement(table, sought)
        near += [(-shares[at], ids[at]) for at in (shares >= THRESHOLD).nonzero()[0]]
    return _nearest(near, ignore)


class NearDuplicates:
    """The signatures of the texts kept so far, and which of them a new one is nearly equal to."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._bands: Bands | None = None  # made when first needed: it imports numpy

    @staticmethod
    def signature(text: str) -> bytes:
        """See the function `signature`."""
        return signature(text)

    def add(self, id: str, signature: bytes) -> None:
        """Remember a text. An id stands for one text: adding it again changes nothing."""
        self._made().add(_row(signature))
        self._ids.append(id)

    def extend(self, others: Iterable[tuple[str, bytes]]) -> None:
        """Remember many."""
        for ids, table in _blocks(others):
            self._made().extend(table)
            self._ids += ids

    def find(self, signature: bytes, ignore: Container[str] = ()) -> str | None:
        """The id of the most similar text at or above the threshold, or None.

        Among equally similar texts, the lowest id. `ignore` holds ids that do not count.
        """
        if not self._ids:
            return None
        rows, shares = self._made().similar(_row(signature))
        near = shares >= THRESHOLD
        found = zip(rows[near], shares[near], strict=True)
        return _nearest([(-share, self._ids[row]) for row, share in found], ignore)

    def _made(self) -> "Bands":
        from microtune.curation.bands import Bands

        if self._bands is None:
            self._bands = Bands(PERMUTATIONS, _ROWS)
        return self._bands


def _nearest(near: list[tuple[float, str]], ignore: Container[str]) -> str | None:
    counting = [one for one in near if one[1] not in ignore]
    return min(counting)[1] if counting else None


def _row(signature: bytes) -> "NDArray[np.uint32]":
    import numpy as np

    return np.frombuffer(signature, "<u4")


def _blocks(
    others: Iterable[tuple[str, bytes]],
) -> "Iterator[tuple[list[str], NDArray[np.uint32]]]":
    """Ids and signatures, many at a time."""
    rows = iter(others)
    while block := list(islice(rows, _BLOCK)):
        table = _row(b"".join([one for _, one in block]))
        yield [id for id, _ in block], table.reshape(len(block), PERMUTATIONS)
