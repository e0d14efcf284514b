"""What was erased: hashes that keep it from coming back, and erasures whose end is still to come.

An erasure begins in one transaction, after which the texts are gone from every table, and ends when
the files of runs, the adapters and the database's own leftovers are clean too. One that was killed
in between stays on the list. It knows nothing of what is erased and holds no text.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from microtune.connection import Connection
from microtune.moments import now
from microtune.words import content_id


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure. `runs` saw what was erased, `adapters` (known at its end) learned from it."""

    number: int
    runs: tuple[str, ...]
    adapters: tuple[str, ...]
    finished: bool


class Erasures:
    """The erasures in the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def bar(self, documents: Iterable[str], places: Iterable[tuple[str, str]]) -> None:
        """Never again keep these texts (ids), nor anything from these (source id, place)."""
        hashes = [*documents, *(_place_hash(source, place) for source, place in places)]
        with self._connection.transaction():
            self._connection.execute_many(
                "INSERT OR IGNORE INTO forgotten (hash) VALUES (?)", ((h,) for h in hashes)
            )

    def is_barred(self, document: str, source: str, place: str) -> bool:
        """Whether this text, or what lies at this place of a source, is to stay forgotten."""
        sql = "SELECT 1 FROM forgotten WHERE hash IN (?, ?)"
        return self._connection.row(sql, (document, _place_hash(source, place))) is not None

    def begin(self, runs: Collection[str]) -> None:
        """Note that what these runs left in files is still to be erased."""
        with self._connection.transaction():
            self._connection.execute(
                "INSERT INTO erasures (at, runs, adapters) VALUES (?, ?, '[]')",
                (now(), json.dumps(sorted(runs))),
            )

    def pending(self) -> tuple[Erasure, ...]:
        """Those that have not ended, oldest first."""
        sql = "SELECT * FROM erasures WHERE finished IS NULL ORDER BY number"
        return tuple(_erasure(row) for row in self._connection.rows(sql))

    def finish(self, number: int, adapters: Collection[str]) -> None:
        """Nothing of it is left anywhere; `adapters` were retired for it."""
        with self._connection.transaction():
            self._connection.execute(
                "UPDATE erasures SET finished = ?, adapters = ? WHERE number = ?",
                (now(), json.dumps(sorted(adapters)), number),
            )

    def retired(self) -> frozenset[str]:
        """The ids of all adapters that were retired for an erasure that has ended."""
        sql = "SELECT adapters FROM erasures WHERE finished IS NOT NULL"
        rows = self._connection.rows(sql)
        return frozenset(id for row in rows for id in json.loads(row["adapters"]))

    def ask_for_training(self) -> bool:
        """Whether an adapter was retired and no run has been tried since."""
        sql = """SELECT 1 FROM erasures
            WHERE finished IS NOT NULL AND answered IS NULL AND adapters <> '[]'"""
        return self._connection.row(sql) is not None

    def answer(self) -> None:
        """A run takes, or need not take, the place of what was retired so far."""
        with self._connection.transaction():
            self._connection.execute(
                "UPDATE erasures SET answered = ? WHERE answered IS NULL AND finished IS NOT NULL",
                (now(),),
            )


def _place_hash(source: str, place: str) -> str:
    return content_id(f"{source}\0{place}")


def _erasure(row: sqlite3.Row) -> Erasure:
    runs, adapters = (tuple(json.loads(row[name])) for name in ("runs", "adapters"))
    return Erasure(row["number"], runs, adapters, row["finished"] is not None)
