"""How far each source was read, and what unfinished passes have counted so far.

Both commit together with the texts that they speak of, so a killed pass goes on where it was.
It knows nothing of what a mark means to a collector.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping

from microtune.connection import Connection
from microtune.words import Mark


class Marks:
    """What each collector said of the places that it has read completely."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, source_id: str) -> Mapping[str, str]:
        """place → mark."""
        rows = self._connection.rows("SELECT place, mark FROM marks WHERE source = ?", (source_id,))
        return {row["place"]: row["mark"] for row in rows}

    def put(self, source_id: str, marks: Iterable[Mark]) -> None:
        """Set these marks."""
        with self._connection.transaction():
            self._connection.execute_many(
                "INSERT INTO marks (source, place, mark) VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET mark = excluded.mark",
                ((source_id, mark.place, mark.mark) for mark in marks),
            )

    def clear(self, source_id: str | None = None) -> None:
        """Forget the marks of one source, or of all, so that it is read from the start."""
        with self._connection.transaction():
            self._connection.execute(
                "DELETE FROM marks WHERE source = coalesce(?, source)", (source_id,)
            )


class Tallies:
    """Counts of passes that have not ended, by source."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, source_id: str, counts: Mapping[str, int]) -> None:
        """Add `counts` to the source's open pass."""
        with self._connection.transaction():
            total = self._read(source_id)
            total.update(counts)
            self._connection.execute(
                "INSERT INTO tallies (source, counts) VALUES (?, ?)"
                " ON CONFLICT DO UPDATE SET counts = excluded.counts",
                (source_id, json.dumps(total)),
            )

    def close(self, source_id: str) -> Counter[str]:
        """End the source's open pass and return what it counted, over all its attempts."""
        with self._connection.transaction():
            total = self._read(source_id)
            self._connection.execute("DELETE FROM tallies WHERE source = ?", (source_id,))
        return total

    def is_open(self, source_id: str) -> bool:
        """Whether a pass was begun and has not ended: now, or because it was killed."""
        sql = "SELECT 1 FROM tallies WHERE source = ?"
        return self._connection.row(sql, (source_id,)) is not None

    def _read(self, source_id: str) -> Counter[str]:
        row = self._connection.row("SELECT counts FROM tallies WHERE source = ?", (source_id,))
        return Counter(json.loads(row["counts"])) if row else Counter()
