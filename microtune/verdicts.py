"""What a person made of drafts: accepted, with or without changes; rejected; preferred.

It is kept only where its owner lets it be (the assistant asks). Knows nothing of training.
"""

import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from microtune.connection import Connection
from microtune.moments import from_text, to_text

What = Literal["accepted", "rejected", "preferred"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`draft` and `over` are drafts' ids. `number` and `at` are given by the store."""

    draft: str
    what: What
    text: str = ""  # as it was accepted, with the person's changes
    over: str = ""  # the draft of the same request that was passed over for this one
    blind: bool = False  # the person did not know which of the two was their adapter's
    number: int = 0
    at: datetime | None = None


class Verdicts:
    """The verdicts in the database. They go with the drafts that they are about."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def record(self, verdict: Verdict) -> None:
        """Keep it; an earlier one of the same kind about the same draft is replaced.

        It stays behind the new one where a run has seen what was made of the draft: forgetting must
        find the words that the run's adapter learned from.
        """
        row = (
            *(verdict.draft, verdict.what, verdict.text, verdict.over or None),
            *(int(verdict.blind), to_text(datetime.now(UTC))),
        )
        with self._connection.transaction():
            self._connection.execute(
                "DELETE FROM verdicts WHERE draft = ? AND what = ? AND over IS ? AND blind = ?"
                " AND (blind = 1 OR draft NOT IN (SELECT draft FROM run_pairs))",
                (verdict.draft, verdict.what, verdict.over or None, int(verdict.blind)),
            )
            self._connection.execute(
                "INSERT INTO verdicts (draft, what, text, over, blind, at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )

    def all(self) -> Iterator[Verdict]:
        """Every verdict, oldest first, read one by one."""
        for row in self._connection.rows("SELECT * FROM verdicts ORDER BY number"):
            yield _verdict(row)

    def blind_score(self) -> tuple[int, int]:
        """Of the blind choices: how often the adapter's draft was taken for one's own, and all."""
        row = self._connection.row(
            "SELECT count(*) AS n, sum(drafts.adapter <> '') AS own FROM verdicts"
            " JOIN drafts ON drafts.id = verdicts.draft WHERE blind = 1"
        )
        return (int(row["own"] or 0), int(row["n"])) if row else (0, 0)

    def erase(self, numbers: Collection[int]) -> None:
        """Delete these."""
        with self._connection.transaction():
            self._connection.execute_many(
                "DELETE FROM verdicts WHERE number = ?", ((number,) for number in numbers)
            )


def _verdict(row: sqlite3.Row) -> Verdict:
    return Verdict(
        draft=row["draft"],
        what=row["what"],
        text=row["text"],
        over=row["over"] or "",
        blind=bool(row["blind"]),
        number=row["number"],
        at=from_text(row["at"]),
    )
