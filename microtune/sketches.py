"""Signatures of texts, packed: a search reads some hundred rows, not one for each text.

A sketch is a signature with its values cut to 16 bits. Those of `BLOCK` documents that arrived one
after the other lie in one row; where one of them is deleted or gets a signature, triggers drop the
row, and it is packed anew. The last documents, which do not fill a block, are read one by one.
Everything here is made of what the tables of documents and signatures hold.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from microtune.connection import Connection

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BITS = 9  # also in the triggers of `microtune.schema`
BLOCK = 1 << BITS

_LIVE = """SELECT id, minhash FROM documents JOIN signatures ON document = id
    WHERE superseded_at IS NULL"""


class Sketches:
    """What may be similar to a signature, among all documents."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def candidates(self, signature: bytes, share: float) -> Iterator[tuple[str, bytes]]:
        """(id, signature) of live documents: all that agree in so many values, and others."""
        self.pack()
        first = self._full() << BITS
        for arrival in list(self._packed(signature, share)):
            yield from self._read(f"{_LIVE} AND arrival = ?", arrival)
        yield from self._read(f"{_LIVE} AND arrival >= ?", first)

    def pack(self) -> None:
        """Pack what fills a block and is not packed, so that the next search need not."""
        there = {row["block"] for row in self._connection.rows("SELECT block FROM sketches")}
        missing = [block for block in range(self._full()) if block not in there]
        if missing:
            with self._connection.transaction():
                for block in missing:
                    self._pack(block)

    def _full(self) -> int:
        """How many blocks can be full."""
        return self._connection.number("SELECT max(arrival) FROM documents") >> BITS

    def _pack(self, block: int) -> None:
        import numpy as np

        sql = """SELECT arrival, minhash FROM documents JOIN signatures ON document = id
            WHERE arrival >= ? AND arrival < ?"""
        first, table = block << BITS, None
        for row in self._connection.rows(sql, (first, first + BLOCK)):
            sketch = _sketch(row["minhash"])
            if table is None:
                table = np.zeros((BLOCK, len(sketch)), "<u2")
            table[row["arrival"] - first] = sketch
        self._connection.execute(
            "INSERT OR REPLACE INTO sketches (block, sketches) VALUES (?, ?)",
            (block, b"" if table is None else table.tobytes()),
        )

    def _packed(self, signature: bytes, share: float) -> Iterator[int]:
        """The arrivals of what agrees well enough."""
        import numpy as np

        from microtune.curation.bands import agreement

        sought = _sketch(signature)
        for row in self._connection.rows("SELECT block, sketches FROM sketches"):
            table = np.frombuffer(row["sketches"], "<u2").reshape(-1, len(sought))
            for position in (agreement(table, sought) >= share).nonzero()[0]:
                yield (row["block"] << BITS) + int(position)

    def _read(self, sql: str, arrival: int) -> Iterator[tuple[str, bytes]]:
        for row in self._connection.rows(sql, (arrival,)):
            yield row["id"], row["minhash"]


def _sketch(signature: bytes) -> "NDArray[np.uint16]":
    import numpy as np

    return np.frombuffer(signature, "<u4").astype("<u2")
