"""Own documents by their circumstances: to whom they went, their subject, when, in answer to what.

No index holds any but the time, so these searches look at every document. Knows nothing of what
the texts say.
"""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from microtune.connection import Connection
from microtune.moments import from_text
from microtune.words import INTEREST

if TYPE_CHECKING:
    from microtune.asked_time import Time  # its expressions take time to compile

_OWN = f"superseded_at IS NULL AND kind <> '{INTEREST}'"


class Circumstances:
    """Searches among the documents in use, each of which gives ids, newest first."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def naming(self, word: str, limit: int = 1000) -> list[str]:
        """Those whose recipients or subject hold these characters, whatever the case of a to z."""
        return self._ids(*_naming(word), limit)

    def around(self, words: Sequence[str], answering: Sequence[str], limit: int = 200) -> list[str]:
        """Those whose recipients or subject hold one of `words`, and those that answer a message
        which holds all of `answering`; in one look at the documents.
        """
        parts = [_naming(word) for word in words]
        if answering:
            which = " AND ".join([r"answered LIKE ? ESCAPE '\'"] * len(answering))
            parts.append((f"(answered <> '' AND {which})", [_like(word) for word in answering]))
        values = [value for _, given in parts for value in given]
        return self._ids(f"({' OR '.join(which for which, _ in parts)})", values, limit)

    def written(self, time: "Time") -> list[str]:
        """Those written at this time."""
        slack = timedelta(2)  # days are the person's, moments are kept in UTC
        first, last = time.first or date.min, time.last or date.max
        sql = f"""SELECT id, written FROM documents
            WHERE {_OWN} AND written >= ? AND written < ? ORDER BY written DESC"""
        bounds = (
            (max(first, date.min + slack) - slack).isoformat(),
            (min(last, date.max - slack) + slack).isoformat(),
        )
        rows = self._connection.rows(sql, bounds)
        return [row["id"] for row in rows if time.holds(from_text(row["written"]))]

    def _ids(self, which: str, values: Sequence[str], limit: int) -> list[str]:
        sql = f"SELECT id FROM documents WHERE {_OWN} AND {which} ORDER BY written DESC LIMIT ?"
        return [row["id"] for row in self._connection.rows(sql, (*values, limit))]


def _naming(word: str) -> tuple[str, list[str]]:
    which = r"(recipients LIKE ? ESCAPE '\' OR subject LIKE ? ESCAPE '\')"
    return which, [_like(json.dumps(word)[1:-1]), _like(word)]  # recipients are JSON


def _like(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"
