"""How far each source was read, and what unfinished passes have counted so far.

Both commit together with the texts that they speak of, so a killed pass goes on where it was.
It knows nothing of what a mark means to a collector.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

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

    def one_by_one(self, source_id: str) -> Mapping[str, str]:
        """The same, looked up as needed: for a pass over few places of a source that has many."""
        return _LookedUp(self._connection, source_id)

    def put(self, source_id: str, marks: Iterable[Mark]) -> None:
        """Set these marks."""
        with self._connection.transaction():
            self._connection.execute_many(
                "INSERT INTO marks (source, place, mark) VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET mark = excluded.mark",
                ((source_id, mark.place, mark.mark) for mark in marks),
            )

    def drop(self, source_id: str, place: str) -> None:
        """Forget the marks of a place and of what lies below it."""
        with self._connection.transaction():
            self._connection.execute(
                "DELETE FROM marks WHERE source = ? AND (place = ? OR place > ? AND place < ?)",
                (source_id, place, f"{place}/", f"{place}0"),
            )

    def clear(self, source_id: str | None = None) -> None:
        """Forget the marks of one source, or of all, so that it is read from the start."""
        with self._connection.transaction():
            self._connection.execute(
                "DELETE FROM marks WHERE source = coalesce(?, source)", (source_id,)
            )


class _LookedUp(Mapping[str, str]):
    def __init__(self, connection: Connection, source_id: str) -> None:
        self._connection = connection
        self._source_id = source_id

    def __getitem__(self, place: str) -> str:
        sql = "SELECT mark FROM marks WHERE source = ? AND place = ?"
        row = self._connection.row(sql, (self._source_id, place))
        if row is None:
            raise KeyError(place)
        return str(row["mark"])

    def __iter__(self) -> Iterator[str]:
        sql = "SELECT place FROM marks WHERE source = ?"
        return (row["place"] for row in self._connection.rows(sql, (self._source_id,)))

    def __len__(self) -> int:
        sql = "SELECT count(*) FROM marks WHERE source = ?"
        return self._connection.number(sql, (self._source_id,))


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
