"""Drafts with everything needed to produce them again and to trace them.

It knows nothing of how a draft is made.
"""

import json
import secrets
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from microtune.connection import Connection
from microtune.contracts import Generated, Sampling
from microtune.moments import from_text, to_text
from microtune.prefixes import full_id
from microtune.words import Passage


@dataclass(frozen=True, slots=True)
class Draft:
    """One output. `id` and `at` are given by the store; `retrieved` comes back without texts."""

    command: str  # "write", "reply" or "rewrite"
    request: Mapping[str, object]  # what the person asked, as the command took it
    text: str
    base: str  # the base's SHA-256
    adapter: str  # "" for the bare base
    sampling: Sampling
    generated: Generated
    retrieved: tuple[Passage, ...] = ()
    id: str = ""
    at: datetime | None = None


class Drafts:
    """The drafts in the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def record(self, draft: Draft) -> Draft:
        """Keep `draft`; returns it with its id and moment."""
        kept = replace(draft, id=secrets.token_hex(6), at=datetime.now(UTC))
        values = {
            "id": kept.id,
            "command": kept.command,
            "at": to_text(kept.at),
            "request": json.dumps(dict(kept.request)),
            "text": kept.text,
            "adapter": kept.adapter,
            "base": kept.base,
            "seed": kept.sampling.seed,
            "sampling": json.dumps(asdict(kept.sampling)),
            "retrieved": json.dumps([(p.document, p.position, p.score) for p in kept.retrieved]),
            "generated": json.dumps(asdict(kept.generated)),
        }
        with self._connection.transaction():
            self._connection.execute(
                f"INSERT INTO drafts ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
                tuple(values.values()),
            )
        return kept

    def get(self, given: str) -> Draft:
        """The draft with this id or beginning of an id. Raises `MicrotuneError` if not just one."""
        found = full_id(self._connection, "drafts", given, "draft")
        row = self._connection.row("SELECT * FROM drafts WHERE id = ?", (found,))
        assert row is not None  # full_id has just seen it
        return _draft(row)

    def all(self) -> Iterator[Draft]:
        """Every draft, oldest first, read one by one."""
        return (
            _draft(row) for row in self._connection.rows("SELECT * FROM drafts ORDER BY number")
        )

    def missing(self, ids: Collection[str]) -> set[str]:
        """Those of `ids` that are no draft, or none any more."""
        known = "SELECT 1 FROM drafts WHERE id = ?"
        return {id for id in ids if self._connection.row(known, (id,)) is None}

    def erase(self, ids: Collection[str]) -> None:
        """Delete these drafts."""
        with self._connection.transaction():
            self._connection.execute_many("DELETE FROM drafts WHERE id = ?", ((id,) for id in ids))

    def newest(self, limit: int = 20) -> tuple[Draft, ...]:
        """The latest drafts, newest first."""
        rows = self._connection.rows("SELECT * FROM drafts ORDER BY number DESC LIMIT ?", (limit,))
        return tuple(_draft(row) for row in rows)


def _draft(row: sqlite3.Row) -> Draft:
    sampling = json.loads(row["sampling"])
    return Draft(
        command=row["command"],
        request=json.loads(row["request"]),
        text=row["text"],
        base=row["base"],
        adapter=row["adapter"],
        sampling=Sampling(**{**sampling, "stop": tuple(sampling["stop"])}),
        generated=Generated(**json.loads(row["generated"])),
        retrieved=tuple(Passage(d, p, "", s) for d, p, s in json.loads(row["retrieved"])),
        id=row["id"],
        at=from_text(row["at"]),
    )
