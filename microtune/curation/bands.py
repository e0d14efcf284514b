"""Which of many MinHash signatures agree with one in a whole band, in compact arrays.

A signature is cut into bands; each band is hashed to a slot, and the signatures of a slot form a
chain (Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3). 200,000 signatures
of 96 values take some 130 MB, of which they themselves are 77. Knows nothing of texts, of ids or of
what counts as similar. It imports numpy at its top: import it where it is needed.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

FEWEST_SLOTS = 1 << 12  # of each band
BLOCK = 4096  # rows that are chained at once
GROWTH = 8  # a table grows by an eighth of itself: little of it stands empty
_END = -1  # of a chain

Signatures = NDArray[np.uint32]  # one a row
Value = TypeVar("Value", np.uint16, np.uint32)


class Bands:
    """Signatures of `permutations` values, `rows` of them to a band, numbered as they come."""

    def __init__(self, permutations: int, rows: int) -> None:
        self._bands = np.arange(permutations // rows)
        self._rows = rows
        # odd numbers: a hash is the top bits of a sum of products (multiply-shift)
        seeded = np.random.default_rng(1).integers(1 << 62, size=rows, dtype=np.uint64)
        self._factors = seeded * np.uint64(2) + np.uint64(1)
        self._count = 0
        self._table = np.empty((0, permutations), "<u4")
        self._before = np.empty((0, len(self._bands)), np.int32)  # the row before in its chain
        self._make_slots(FEWEST_SLOTS)

    def add(self, signature: Signatures) -> None:
        """Add one."""
        row = self._append(signature.reshape(1, -1))
        if not self._outgrown():
            slots = self._slots(signature)
            self._before[row] = self._newest[self._bands, slots]
            self._newest[self._bands, slots] = row

    def extend(self, signatures: Signatures) -> None:
        """Add many at once, which is quicker."""
        first = self._append(signatures)
        if not self._outgrown():
            self._chain(first)

    def similar(self, signature: Signatures) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """The rows that share a band with it and some that do not, and the share of all values in
        which each agrees with it."""
        rows = self._sharing(signature)
        return rows, agreement(self._table[rows], signature)

    def _sharing(self, signature: Signatures) -> NDArray[np.intp]:
        bands, rows = self._bands, self._newest[self._bands, self._slots(signature)]
        found = []
        while True:
            there = rows != _END
            bands, rows = bands[there], rows[there]
            if not len(rows):
                break
            found.append(rows)
            rows = self._before[rows, bands]
        return np.unique(np.concatenate(found)) if found else np.empty(0, np.intp)

    def _slots(self, signatures: Signatures) -> NDArray[np.uint64]:
        """The slot of each band."""
        values = signatures.reshape(*signatures.shape[:-1], len(self._bands), self._rows)
        products = values.astype(np.uint64) * self._factors
        slots: NDArray[np.uint64] = products.sum(axis=-1, dtype=np.uint64) >> self._shift
        return slots

    def _append(self, signatures: Signatures) -> int:
        """Write them down; returns the row of the first."""
        first, self._count = self._count, self._count + len(signatures)
        if self._count > len(self._table):
            rows = self._count + self._count // GROWTH
            # in place, so that a growing table is not there twice
            self._table.resize((rows, self._table.shape[1]), refcheck=False)
            self._before.resize((rows, len(self._bands)), refcheck=False)
        self._table[first : self._count] = signatures
        return first

    def _outgrown(self) -> bool:
        """Whether there were more rows than slots; then there are more now, and all is chained."""
        slots = self._newest.shape[1]
        if self._count <= slots:
            return False
        while slots < self._count:
            slots *= 2
        self._make_slots(slots)
        self._chain(0)
        return True

    def _make_slots(self, count: int) -> None:
        self._shift = np.uint64(64 - (count - 1).bit_length())
        self._newest = np.full((len(self._bands), count), _END, np.int32)

    def _chain(self, first: int) -> None:
        """Put the rows from `first` on into the chains of their slots, a block at a time."""
        for begin in range(first, self._count, BLOCK):
            slots = self._slots(self._table[begin : min(begin + BLOCK, self._count)])
            for band in self._bands:
                self._chain_band(band, slots[:, band], begin)

    def _chain_band(self, band: np.intp, slots: NDArray[np.uint64], first: int) -> None:
        order = np.argsort(slots, kind="stable")
        slots, rows = slots[order], order + first
        new = slots[1:] != slots[:-1]
        begins, ends = np.concatenate(([True], new)), np.concatenate((new, [True]))
        before = np.concatenate(([_END], rows[:-1]))
        before[begins] = self._newest[band, slots[begins]]
        self._before[rows, band] = before
        self._newest[band, slots[ends]] = rows[ends]


def agreement(table: NDArray[Value], signature: NDArray[Value]) -> NDArray[np.float64]:
    """The share of values in which each row of `table` is equal to `signature`."""
    equal: NDArray[np.uint64] = (table == signature).sum(axis=-1, dtype=np.uint64)
    return equal / len(signature)
