"""The received messages that are kept for a while, and which of them are answered or dismissed.

Of sent messages only hashes of the Message-IDs that they answer are kept, for as long. A draft of
an answer holds the message's words, so it goes when the message goes. Nothing here is a document:
retrieval and training see none of it. It knows nothing of which messages wait for an answer.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from microtune.connection import Connection
from microtune.drafts import Draft, Drafts
from microtune.messages import Message, oldest_kept
from microtune.moments import from_text, now, to_text
from microtune.prefixes import full_id
from microtune.unfinished import Unfinished
from microtune.words import content_id

MOST = 2000  # messages that are kept; the oldest go first


class Received:
    """The received messages in the database."""

    def __init__(self, connection: Connection, drafts: Drafts, unfinished: Unfinished) -> None:
        self._connection = connection
        self._drafts = drafts
        self._unfinished = unfinished

    def put(self, message: Message) -> bool:
        """Keep `message`; False if it is known, from here or another place.

        One that is known can still have been answered since.
        """
        with self._connection.transaction():
            known = self._known(message)
            answered = to_text(message.answered_at) or self._answered(message.message_id)
            if known and answered:
                self._connection.execute(
                    "UPDATE received SET answered_at = coalesce(answered_at, ?) WHERE id = ?",
                    (answered, known),
                )
            elif not known:
                self._write(message, answered)
        return not known

    def note_answers(self, message_ids: Iterable[str], at: datetime) -> None:
        """A message that the person sent at that moment names these, so they are answered."""
        moment = to_text(at) or now()
        ids = [id for id in message_ids if id]
        with self._connection.transaction():
            self._connection.execute_many(
                "INSERT OR IGNORE INTO answers (message, at) VALUES (?, ?)",
                ((content_id(id), moment) for id in ids),
            )
            self._connection.execute_many(
                "UPDATE received SET answered_at = ? WHERE message_id = ? AND answered_at IS NULL",
                ((moment, id) for id in ids),
            )

    def dismiss(self, message_id: str) -> None:
        """It needs no answer."""
        with self._connection.transaction():
            self._connection.execute(
                "UPDATE received SET dismissed_at = coalesce(dismissed_at, ?) WHERE id = ?",
                (now(), message_id),
            )

    def get(self, given: str) -> Message:
        """The message with this id or beginning of one. Raises `MicrotuneError` if not just one."""
        found = full_id(self._connection, "received", given, "received message")
        row = self._connection.row("SELECT * FROM received WHERE id = ?", (found,))
        assert row is not None  # full_id has just seen it
        return _message(row)

    def all(self) -> Iterator[Message]:
        """Every message, newest first, read one by one."""
        rows = self._connection.rows("SELECT * FROM received ORDER BY written DESC, number DESC")
        return (_message(row) for row in rows)

    def open_since(self, moment: datetime) -> Iterator[Message]:
        """Those since then that are neither answered nor dismissed, nor went to many."""
        sql = """SELECT * FROM received WHERE written >= ? AND answered_at IS NULL
            AND dismissed_at IS NULL AND bulk = '' ORDER BY written DESC, number DESC"""
        return (_message(row) for row in self._connection.rows(sql, (to_text(moment),)))

    def answered_addresses(self) -> frozenset[str]:
        """Whose messages were answered."""
        sql = "SELECT DISTINCT address FROM received WHERE answered_at IS NOT NULL"
        return frozenset(row["address"] for row in self._connection.rows(sql))

    def count(self) -> int:
        return self._connection.number("SELECT count(*) FROM received")

    def of_source(self, source_id: str) -> tuple[str, ...]:
        """The ids of all that came from a source."""
        rows = self._connection.rows("SELECT id FROM received WHERE source = ?", (source_id,))
        return tuple(row["id"] for row in rows)

    def erase(self, ids: Collection[str]) -> None:
        """Delete these messages, the drafts that answer them, and answers that were begun."""
        if not ids:
            return
        with self._connection.transaction():
            begun = [room for room, text in self._unfinished.all() if any(id in text for id in ids)]
            self._unfinished.drop(begun)
            self._drafts.erase(tuple(draft for id in ids for draft in self.drafts_of(id)))
            self._connection.execute_many(
                "DELETE FROM received WHERE id = ?", ((id,) for id in ids)
            )

    def erase_at(self, source_id: str, place: str) -> None:
        """Delete what was found at a place and below it; below "" lies all of the source."""
        sql = "SELECT id, place FROM received WHERE source = ?"
        below = (f"{place}/", f"{place}#")
        self.erase(
            [
                row["id"]
                for row in self._connection.rows(sql, (source_id,))
                if place in ("", row["place"]) or row["place"].startswith(below)
            ]
        )

    def expire(self, today: datetime) -> int:
        """Erase what is older than is kept, and the oldest of too many; returns how many."""
        oldest = to_text(oldest_kept(today))
        sql = """SELECT id FROM received WHERE written < ? OR number NOT IN
            (SELECT number FROM received ORDER BY written DESC, number DESC LIMIT ?)"""
        with self._connection.transaction():
            ids = [row["id"] for row in self._connection.rows(sql, (oldest, MOST))]
            self.erase(ids)
            self._connection.execute("DELETE FROM answers WHERE at < ?", (oldest,))
        return len(ids)

    # Drafts of answers ---------------------------------------------------------------------------

    def tie(self, draft_id: str, message_id: str, prepared: bool = False) -> None:
        """Note which message a draft answers; `prepared`: unasked, while the machine was idle."""
        with self._connection.transaction():
            self._connection.execute(
                "INSERT INTO answering (draft, received, prepared) VALUES (?, ?, ?)",
                (draft_id, message_id, int(prepared)),
            )

    def drafts_of(self, message_id: str) -> tuple[str, ...]:
        """The ids of the drafts that answer a message, newest first."""
        sql = """SELECT draft FROM answering JOIN drafts ON id = draft
            WHERE received = ? ORDER BY drafts.number DESC"""
        return tuple(row["draft"] for row in self._connection.rows(sql, (message_id,)))

    def newest_draft(self, message_id: str) -> Draft | None:
        """The latest draft of an answer to a message."""
        found = self.drafts_of(message_id)
        return self._drafts.get(found[0]) if found else None

    def answered_by(self, draft_id: str) -> Message | None:
        """The message that a draft answers, if it is one that is kept."""
        sql = "SELECT received.* FROM answering JOIN received ON id = received WHERE draft = ?"
        row = self._connection.row(sql, (draft_id,))
        return _message(row) if row else None

    def is_prepared(self, message_id: str, adapter: str, base: str) -> bool:
        """Whether an answer was drafted already with this adapter on this base."""
        sql = """SELECT 1 FROM answering JOIN drafts ON id = draft
            WHERE received = ? AND adapter = ? AND base = ?"""
        return self._connection.row(sql, (message_id, adapter, base)) is not None

    # Inside --------------------------------------------------------------------------------------

    def _known(self, message: Message) -> str:
        """The id under which it is kept already; a copy elsewhere has the same Message-ID."""
        sql = "SELECT id FROM received WHERE id = ? OR (message_id = ? AND message_id <> '')"
        row = self._connection.row(sql, (message.id, message.message_id))
        return str(row["id"]) if row else ""

    def _answered(self, message_id: str) -> str | None:
        sql = "SELECT at FROM answers WHERE message = ?"
        row = self._connection.row(sql, (content_id(message_id),)) if message_id else None
        return str(row["at"]) if row else None

    def _write(self, message: Message, answered: str | None) -> None:
        values = {
            "id": message.id,
            "message_id": message.message_id,
            "refs": json.dumps(message.references),
            "name": message.name,
            "address": message.address,
            "reply_to": message.reply_to,
            "recipients": json.dumps(message.to),
            "subject": message.subject,
            "written": to_text(message.written) or now(),
            "text": message.text,
            "bulk": message.bulk,
            "source": message.source,
            "place": message.place,
            "collected_at": now(),
            "answered_at": answered,
            "dismissed_at": to_text(message.dismissed_at),
        }
        self._connection.execute(
            f"INSERT INTO received ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
            tuple(values.values()),
        )


def _message(row: sqlite3.Row) -> Message:
    return Message(
        text=row["text"],
        source=row["source"],
        place=row["place"],
        written=datetime.fromisoformat(row["written"]),
        message_id=row["message_id"],
        references=tuple(json.loads(row["refs"])),
        name=row["name"],
        address=row["address"],
        reply_to=row["reply_to"],
        to=tuple(json.loads(row["recipients"])),
        subject=row["subject"],
        bulk=row["bulk"],
        answered_at=from_text(row["answered_at"]),
        dismissed_at=from_text(row["dismissed_at"]),
    )
