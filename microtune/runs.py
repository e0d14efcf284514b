"""Training runs as they are remembered: on which texts, by which recipe, and what came of it.

It knows nothing of training. A run's beginning and end are lines in the ledger.
"""

import json
import secrets
import sqlite3
from collections.abc import Collection, Generator, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Literal

from microtune.connection import Connection
from microtune.ledger import Ledger
from microtune.moments import from_text, now
from microtune.prefixes import full_id
from microtune.words import INTEREST

Role = Literal["train", "validation", "heldout"]
PairRole = Literal["train", "heldout"]
State = Literal["running", "interrupted", "promoted", "rejected", "failed"]
End = Literal["promoted", "rejected", "failed"]


@dataclass(frozen=True, slots=True)
class Run:
    """One training run. `snapshot` is the hash of which document had which role."""

    id: str
    state: State
    started: datetime
    recipe: Mapping[str, object]
    snapshot: str
    finished: datetime | None = None
    measurements: Mapping[str, object] | None = None
    adapter: str = ""  # "" where none was kept
    reason: str = ""


def snapshot_of(roles: Mapping[Role, Collection[str]]) -> str:
    """SHA-256 of the sorted lines "role document-id"; the same for the same data."""
    lines = sorted(f"{role} {document}" for role, ids in roles.items() for document in ids)
    return sha256("\n".join(lines).encode()).hexdigest()


class Runs:
    """The runs in the database."""

    def __init__(self, connection: Connection, ledger: Ledger) -> None:
        self._connection = connection
        self._ledger = ledger

    def start(
        self,
        recipe: Mapping[str, object],
        roles: Mapping[Role, Collection[str]],
        pairs: Mapping[PairRole, Mapping[str, str]] = MappingProxyType({}),
    ) -> Run:
        """Record a run that begins now on these documents; its state is "running".

        `pairs` are preference pairs: pair → the draft that was judged.
        """
        run, snapshot = secrets.token_hex(6), snapshot_of(roles)
        with self._connection.transaction():
            self._connection.execute(
                "INSERT INTO runs"
                " (id, state, started, recipe, snapshot, measurements, adapter, reason)"
                " VALUES (?, 'running', ?, ?, ?, 'null', '', '')",
                (run, now(), json.dumps(dict(recipe)), snapshot),
            )
            self._connection.execute_many(
                "INSERT INTO run_documents (run, document, role) VALUES (?, ?, ?)",
                ((run, document, role) for role, ids in roles.items() for document in ids),
            )
            self._connection.execute_many(
                "INSERT INTO run_pairs (run, pair, draft, role) VALUES (?, ?, ?, ?)",
                ((run, *one, role) for role, seen in pairs.items() for one in seen.items()),
            )
            counts = {role: len(ids) for role, ids in roles.items()}
            facts: dict[str, object] = {"run": run, "snapshot": snapshot, "documents": counts}
            if any(pairs.values()):
                facts["pairs"] = {role: len(seen) for role, seen in pairs.items()}
            self._ledger.append("run started", facts)
        return self.get(run)

    def pause(self, run: str) -> None:
        """It was interrupted and can be resumed."""
        self._set_state(run, "interrupted")

    def resume(self, run: str) -> None:
        """It runs again."""
        self._set_state(run, "running")

    def finish(
        self,
        run: str,
        state: End,
        reason: str,
        adapter: str = "",
        measurements: Mapping[str, object] | None = None,
    ) -> Run:
        """Record how the run ended."""
        with self._connection.transaction():
            self._connection.execute(
                "UPDATE runs SET state = ?, finished = ?, reason = ?, adapter = ?,"
                " measurements = ? WHERE id = ?",
                (state, now(), reason, adapter, json.dumps(measurements), run),
            )
            self._ledger.append(
                "run finished", {"run": run, "state": state, "adapter": adapter, "reason": reason}
            )
        return self.get(run)

    def get(self, given: str) -> Run:
        """The run with this id or beginning of an id. Raises `MicrotuneError` if not just one."""
        found = full_id(self._connection, "runs", given, "run")
        row = self._connection.row("SELECT * FROM runs WHERE id = ?", (found,))
        assert row is not None  # full_id has just seen it
        return _run(row)

    def all(self) -> tuple[Run, ...]:
        """Every run, newest first."""
        return tuple(self.newest_first())

    def newest_first(self) -> Generator[Run, None, None]:
        """The same one by one: a recipe may name thousands of texts, and there may be many runs."""
        sql = "SELECT * FROM runs ORDER BY number DESC"
        with closing(self._connection.rows(sql)) as rows:
            for row in rows:
                yield _run(row)

    def unfinished(self) -> Run | None:
        """The newest run that was begun and has no end: running now, interrupted or killed."""
        row = self._connection.row(
            "SELECT * FROM runs WHERE finished IS NULL ORDER BY number DESC LIMIT 1"
        )
        return _run(row) if row else None

    def documents(self, run: str, role: Role) -> tuple[str, ...]:
        """The ids of the documents that had this role, sorted."""
        rows = self._connection.rows(
            "SELECT document FROM run_documents WHERE run = ? AND role = ? ORDER BY document",
            (run, role),
        )
        return tuple(row["document"] for row in rows)

    def unseen_words(self, run: str) -> int:
        """Words of own texts in use that had no role in this run; all of them for no run, ""."""
        sql = f"""SELECT sum(words) FROM documents
            WHERE superseded_at IS NULL AND kind <> '{INTEREST}'
            AND id NOT IN (SELECT document FROM run_documents WHERE run = ?)"""
        return self._connection.number(sql, (run,))

    def that_saw(self, documents: Iterable[str]) -> dict[str, bool]:
        """The ids of the runs in which any of these documents had a role; whether it was more
        than being held out, so that the run's adapter learned from it."""
        sql = "SELECT run, role <> 'heldout' AS learned FROM run_documents WHERE document = ?"
        return self._saw(sql, documents)

    def pairs(self, run: str, role: PairRole) -> dict[str, str]:
        """The preference pairs that had this role: pair → the draft that was judged."""
        rows = self._connection.rows(
            "SELECT pair, draft FROM run_pairs WHERE run = ? AND role = ? ORDER BY pair",
            (run, role),
        )
        return {row["pair"]: row["draft"] for row in rows}

    def that_saw_pairs(self, drafts: Iterable[str]) -> dict[str, bool]:
        """As `that_saw`, for the pairs that were made of verdicts on these drafts."""
        sql = "SELECT run, role <> 'heldout' AS learned FROM run_pairs WHERE draft = ?"
        return self._saw(sql, drafts)

    def is_open(self, run: str) -> bool:
        """Whether it has no end yet."""
        sql = "SELECT 1 FROM runs WHERE id = ? AND finished IS NULL"
        return self._connection.row(sql, (run,)) is not None

    def of_document(self, document: str) -> tuple[str, ...]:
        """The ids of the runs that saw this document in any role, oldest first."""
        rows = self._connection.rows(
            "SELECT id FROM runs JOIN run_documents ON run = id WHERE document = ? ORDER BY number",
            (document,),
        )
        return tuple(row["id"] for row in rows)

    def _saw(self, sql: str, ids: Iterable[str]) -> dict[str, bool]:
        learned: dict[str, bool] = {}
        for id in ids:
            for row in self._connection.rows(sql, (id,)):
                learned[row["run"]] = learned.get(row["run"], False) or bool(row["learned"])
        return learned

    def _set_state(self, run: str, state: State) -> None:
        with self._connection.transaction():
            self._connection.execute("UPDATE runs SET state = ? WHERE id = ?", (state, run))


def _run(row: sqlite3.Row) -> Run:
    return Run(
        id=row["id"],
        state=row["state"],
        started=datetime.fromisoformat(row["started"]),
        recipe=json.loads(row["recipe"]),
        snapshot=row["snapshot"],
        finished=from_text(row["finished"]),
        measurements=json.loads(row["measurements"]),
        adapter=row["adapter"],
        reason=row["reason"],
    )
