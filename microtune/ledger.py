"""The ledger: an append-only, hash-chained record of what was done with a person's texts.

Each line's hash covers the line and the hash of the line before it. The newest hash is also kept
in a file beside the database, so that lines cut off the end are missed. It is a record against
mistakes and quiet changes: someone who may write both database and file can write a new history.
It knows nothing of what the events mean, and no text of the person's belongs in it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from microtune.connection import Connection
from microtune.files import replace_file
from microtune.moments import now

FIRST = "0" * 64  # what the first line gives as the hash before it


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it stands in the database; `data` is a JSON object, `at` a moment in UTC."""

    seq: int
    at: str
    event: str
    data: str
    prev: str
    hash: str

    def expected_hash(self) -> str:
        """SHA-256 of the JSON array [seq, at, event, data, prev], `data` being its text as kept."""
        content = [self.seq, self.at, self.event, self.data, self.prev]
        return sha256(_json(content).encode()).hexdigest()

    @property
    def facts(self) -> dict[str, object]:
        """`data`, read."""
        return dict(json.loads(self.data))


class Ledger:
    """The lines in the database, and the head file that names the newest of them."""

    def __init__(self, connection: Connection, head: Path) -> None:
        self._connection = connection
        self._head = head

    def append(self, event: str, data: Mapping[str, object]) -> str:
        """Add a line, in the running transaction if there is one; returns the line's hash."""
        with self._connection.transaction():
            last = self._last()
            seq, prev = (last.seq + 1, last.hash) if last else (1, FIRST)
            unsigned = Line(seq, now(), event, _json(data), prev, "")
            signed = unsigned.expected_hash()
            self._connection.execute(
                "INSERT INTO ledger (seq, at, event, data, prev, hash) VALUES (?, ?, ?, ?, ?, ?)",
                (seq, unsigned.at, event, unsigned.data, prev, signed),
            )
            self._connection.after_commit(self._write_head)
        return signed

    def lines(self) -> Iterator[Line]:
        """Every line, oldest first."""
        for row in self._connection.rows(
            "SELECT seq, at, event, data, prev, hash FROM ledger ORDER BY seq"
        ):
            yield Line(*row)

    def verify(self) -> list[str]:
        """What is wrong with the ledger, one sentence for each problem; empty if it is whole."""
        problems: list[str] = []
        seq, prev = 0, FIRST
        head = self._read_head()
        for line in self.lines():
            problems += _problems_between(seq, prev, line)
            if line.expected_hash() != line.hash:
                problems.append(f"line {line.seq} was changed after it was written")
            if head and head[0] == line.seq and head[1] != line.hash:
                problems.append(f"line {line.seq} is not the one that {self._head.name} names")
            seq, prev = line.seq, line.hash
        return problems + self._problems_at_the_end(head, seq)

    def _problems_at_the_end(self, head: tuple[int, str] | None, last: int) -> list[str]:
        if head and head[0] > last:
            return [f"the end is missing: {_span(last + 1, head[0])}"]
        # a crash between the first commit and the first head leaves one line and no head
        if not head and last > 1:
            return [f"{self._head.name} is missing or unreadable: lines after {last} may be too"]
        return []

    def _last(self) -> Line | None:
        row = self._connection.row(
            "SELECT seq, at, event, data, prev, hash FROM ledger ORDER BY seq DESC LIMIT 1"
        )
        return Line(*row) if row else None

    def _write_head(self) -> None:
        """Name the newest committed line. The head may lag behind the ledger, never lead it."""
        last = self._last()
        if last is None:
            return
        try:
            replace_file(self._head, f"{last.seq} {last.hash}\n")
        except OSError:
            # the line itself is safe; a head that lags is allowed and the next line mends it
            return

    def _read_head(self) -> tuple[int, str] | None:
        try:
            seq, signed = self._head.read_text("ascii").split()
            return int(seq), signed
        except (OSError, ValueError):
            return None


def _problems_between(seq: int, prev: str, line: Line) -> list[str]:
    if line.seq != seq + 1:
        return [f"missing: {_span(seq + 1, line.seq - 1)}"]
    if line.prev != prev:
        return [f"line {line.seq} does not follow the line before it"]
    return []


def _span(first: int, last: int) -> str:
    return f"line {first}" if first == last else f"lines {first} to {last}"


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
