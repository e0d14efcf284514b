"""The person's texts: each kept once, by the hash of its content.

Order. Live documents are ordered by (written, arrival): undated ones first, in the order in
which they arrived, then dated ones from the oldest to the newest. So a document's place never
depends on when it was collected unless nothing else is known, collecting more never reorders
what is there, and the newest end, from which held-out texts are taken, is made of texts known to
be new as long as there are any.

Interests. What the person read and did not write (titles of visited pages) is kept here as well,
so that it is superseded and forgotten as all else, but it counts as none of their texts: only
`get` and `count_by_kind` and the searches for interests see it.

It knows nothing of where texts come from or what is done with them.
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from microtune.connection import Connection
from microtune.moments import from_text, now, to_text
from microtune.passages import split_into_passages
from microtune.prefixes import full_id
from microtune.sketches import Sketches
from microtune.words import INTEREST, Document

Outcome = Literal["new", "updated", "known"]

_ADDRESS = re.compile(r"(?<![^\s<>@\"\\(),;:\[\]])[^\s<>@\"\\(),;:\[\]]++@[^\s<>@\"\\(),;:\[\]]+")
_LIVE = "superseded_at IS NULL"
_OWN = f"{_LIVE} AND kind <> '{INTEREST}'"  # the person's own words


@dataclass(frozen=True, slots=True)
class Provenance:
    """When a document was collected and under which consent (the hash of a ledger line)."""

    collected_at: datetime
    consent: str
    superseded_at: datetime | None


class Documents:
    """Reading and writing documents. A superseded one stays, out of training and retrieval."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sketches = Sketches(connection)

    def put(
        self, document: Document, signature: bytes | None, consent: str, replaces: str = ""
    ) -> Outcome:
        """Keep `document`; what was live at its place before is superseded, and so is `replaces`.

        "known": the text is live already, here or elsewhere, and nothing changes. "updated": it
        took the place of another. A text that had been superseded is live again.
        """
        with self._connection.transaction():
            if self.is_live(document.id, own=document.kind != INTEREST):
                return "known"
            self._supersede("id = ?", document.id)  # as an interest
            replaced = self.at(document.source, document.place)
            if replaced is not None:
                self._supersede("id = ?", replaced)
            if replaces:
                replaced = replaces if self._supersede("id = ?", replaces) else replaced
            self._write(document, consent)
            if signature is not None:
                self._connection.execute(
                    "INSERT INTO signatures (document, minhash) VALUES (?, ?)"
                    " ON CONFLICT DO UPDATE SET minhash = excluded.minhash",
                    (document.id, signature),
                )
            self._index(document)
        return "new" if replaced is None else "updated"

    def supersede_source(self, source_id: str) -> int:
        """Take every document of a source out of use; returns how many there were."""
        with self._connection.transaction():
            return self._supersede("source = ?", source_id)

    def supersede_at(self, source_id: str, place: str) -> int:
        """Take out of use what was found at a place and below it; returns how many there were.

        Below a file lie the messages in it, below "" all of the source.
        """
        if not place:
            return self.supersede_source(source_id)
        with self._connection.transaction():
            return self._supersede(
                "source = ? AND (place = ? OR place > ? AND place < ?"
                " OR kind <> 'text' AND place > ? AND place < ?)",
                *(source_id, place, f"{place}/", f"{place}0", f"{place}#", f"{place}$"),
            )

    def move(self, document_id: str, place: str) -> None:
        """The file of a live document has got another name within its source."""
        with self._connection.transaction():
            self._connection.execute(
                "UPDATE documents SET place = ? WHERE id = ? AND superseded_at IS NULL",
                (place, document_id),
            )

    def get(self, given: str) -> Document:
        """The document, live or superseded, with this id or beginning of an id.

        Raises `MicrotuneError` if there is none or more than one.
        """
        found = full_id(self._connection, "documents", given, "document")
        row = self._connection.row("SELECT * FROM documents WHERE id = ?", (found,))
        assert row is not None  # full_id has just seen it
        return document_of(row)

    def provenance(self, document_id: str) -> Provenance | None:
        """When and under which consent it was collected; None for an id that is not kept."""
        row = self._connection.row("SELECT * FROM documents WHERE id = ?", (document_id,))
        if row is None:
            return None
        collected = datetime.fromisoformat(row["collected_at"])
        return Provenance(collected, row["consent"], from_text(row["superseded_at"]))

    def live(self) -> Iterator[Document]:
        """Every own text in use, in the order described above, read one by one."""
        # named, because another index with a sort of all texts looks cheaper to SQLite
        table = "documents INDEXED BY documents_in_order"
        sql = f"SELECT * FROM {table} WHERE {_OWN} ORDER BY written, arrival"
        return (document_of(row) for row in self._connection.rows(sql))

    def is_live(self, document_id: str, own: bool = False) -> bool:
        """Whether this text is in use, wherever it was found; `own`: as more than an interest."""
        sql = f"SELECT 1 FROM documents WHERE id = ? AND {_OWN if own else _LIVE}"
        return self._connection.row(sql, (document_id,)) is not None

    def at(self, source_id: str, place: str) -> str | None:
        """The id of the live document found at this place, if there is one."""
        row = self._connection.row(
            "SELECT id FROM documents WHERE source = ? AND place = ? AND superseded_at IS NULL",
            (source_id, place),
        )
        return str(row["id"]) if row else None

    def whereabouts(self, document_id: str) -> tuple[str, str] | None:
        """(source id, place) of a live document."""
        sql = "SELECT source, place FROM documents WHERE id = ? AND superseded_at IS NULL"
        row = self._connection.row(sql, (document_id,))
        return (row["source"], row["place"]) if row else None

    def signatures(self) -> Iterator[tuple[str, bytes]]:
        """(id, near-duplicate signature) of every live document that has one."""
        sql = """SELECT document, minhash FROM signatures JOIN documents ON id = document
            WHERE superseded_at IS NULL ORDER BY arrival"""
        return ((row["document"], row["minhash"]) for row in self._connection.rows(sql))

    def candidates(self, signature: bytes, share: float) -> Iterator[tuple[str, bytes]]:
        """The same of those that may agree with one in this share of its values, quickly."""
        return self._sketches.candidates(signature, share)

    def pack(self) -> None:
        """Make the next `candidates` quick."""
        self._sketches.pack()

    def count(self) -> int:
        """How many own texts are in use."""
        return self._connection.number(f"SELECT count(*) FROM documents WHERE {_OWN}")

    def count_by_kind(self) -> dict[str, int]:
        """kind → how many documents in use, interests too."""
        sql = f"""SELECT kind, count(*) AS n FROM documents WHERE {_LIVE}
            GROUP BY kind ORDER BY kind"""
        return {row["kind"]: row["n"] for row in self._connection.rows(sql)}

    def count_by_source(self) -> dict[str, dict[str, tuple[int, int]]]:
        """source id → kind → how many documents in use, and their words; interests too."""
        sql = f"""SELECT source, kind, count(*) AS n, sum(words) AS words FROM documents
            WHERE {_LIVE} GROUP BY source, kind ORDER BY source, kind"""
        counts: dict[str, dict[str, tuple[int, int]]] = {}
        for row in self._connection.rows(sql):
            counts.setdefault(row["source"], {})[row["kind"]] = (row["n"], row["words"])
        return counts

    def correspondents(self, since: datetime) -> frozenset[str]:
        """The addresses that own mail written since then went to, in lower case."""
        sql = f"""SELECT DISTINCT recipients FROM documents INDEXED BY documents_in_order
            WHERE written >= ? AND kind = 'mail' AND {_LIVE}"""
        rows = self._connection.rows(sql, (to_text(since),))
        found = (match[0] for row in rows for match in _ADDRESS.finditer(row["recipients"]))
        return frozenset(address.lower() for address in found)

    def words(self) -> int:
        """How many words all own texts in use hold together."""
        return self._connection.number(f"SELECT sum(words) FROM documents WHERE {_OWN}")

    def _supersede(self, which: str, *values: str) -> int:
        live = f"FROM documents WHERE superseded_at IS NULL AND {which}"
        self._connection.execute(
            f"DELETE FROM passages WHERE document IN (SELECT id {live})", values
        )
        return self._connection.execute(
            f"UPDATE documents SET superseded_at = ? WHERE superseded_at IS NULL AND {which}",
            (now(), *values),
        )

    def _write(self, document: Document, consent: str) -> None:
        values = {
            "id": document.id,
            "kind": document.kind,
            "text": document.text,
            "subject": document.subject,
            "answered": document.answered,
            "author": document.author,
            "written": to_text(document.written),
            "recipients": json.dumps(document.recipients),
            "labels": json.dumps(document.labels),
            "words": document.words,
            "source": document.source,
            "place": document.place,
            "collected_at": now(),
            "consent": consent,
            "superseded_at": None,
        }
        changes = ", ".join(f"{column} = excluded.{column}" for column in values)
        self._connection.execute(
            f"INSERT INTO documents ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})"
            f" ON CONFLICT (id) DO UPDATE SET {changes}",
            tuple(values.values()),
        )

    def _index(self, document: Document) -> None:
        passages = enumerate(split_into_passages(document.text))
        self._connection.execute_many(
            "INSERT INTO passages (document, position, text) VALUES (?, ?, ?)",
            ((document.id, position, text) for position, text in passages),
        )


def document_of(row: sqlite3.Row) -> Document:
    """The document in a row of the table."""
    return Document(
        text=row["text"],
        kind=row["kind"],
        source=row["source"],
        place=row["place"],
        author=row["author"],
        written=from_text(row["written"]),
        recipients=tuple(json.loads(row["recipients"])),
        subject=row["subject"],
        answered=row["answered"],
        labels=tuple(json.loads(row["labels"])),
    )
