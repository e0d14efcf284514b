"""Which places their owner consented to, since when, and by which words.

It knows nothing of how a place is read.
"""

import json
import sqlite3

from microtune.connection import Connection
from microtune.documents import Documents
from microtune.errors import MicrotuneError
from microtune.ledger import Ledger
from microtune.marks import Marks
from microtune.moments import now
from microtune.prefixes import SHORTEST
from microtune.received import Received
from microtune.words import Source


class Sources:
    """The consented places. Giving and withdrawing consent are lines in the ledger."""

    def __init__(
        self,
        connection: Connection,
        ledger: Ledger,
        documents: Documents,
        marks: Marks,
        received: Received,
    ) -> None:
        self._connection = connection
        self._ledger = ledger
        self._documents = documents
        self._marks = marks
        self._received = received

    def add(self, source: Source, consent: str) -> str:
        """Record that the owner consented to `source` in the words `consent`.

        Returns the hash of the ledger line of the consent: an older line's, if the same consent
        already stands. Raises `MicrotuneError` for a place whose name is not Unicode text.
        """
        _require_unicode(source.place)
        me = json.dumps(source.me)
        with self._connection.transaction():
            row = self._connection.row("SELECT * FROM sources WHERE id = ?", (source.id,))
            if row and not row["removed_at"] and (row["me"], row["consent"]) == (me, consent):
                return str(row["consent_line"])
            line = self._ledger.append(
                "source added",
                {"source": source.id, "kind": source.kind, "me": source.me, "consent": consent},
            )
            self._connection.execute(
                "INSERT INTO sources"
                " (id, kind, place, me, consent, consented_at, consent_line, context)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET me = excluded.me,"
                " consent = excluded.consent, consented_at = excluded.consented_at,"
                " consent_line = excluded.consent_line, removed_at = NULL, paused_at = NULL",
                (source.id, source.kind, source.place, me, consent, now(), line, source.context),
            )
            if row and row["me"] != me:
                # other addresses are now theirs: what was passed over must be read again
                self._marks.clear(source.id)
        return line

    def remove(self, given: str) -> Source:
        """Withdraw consent: its texts leave training and retrieval, and it is read no more.

        They stay in the database, out of use, until they are forgotten; consenting again brings
        them back. Others' messages from an inbox are erased. Raises `MicrotuneError` if `given`
        names no source.
        """
        with self._connection.transaction():
            source = self.find(given)
            self._connection.execute(
                "UPDATE sources SET removed_at = ? WHERE id = ?", (now(), source.id)
            )
            if source.context:
                self._empty(source)
                return source
            withdrawn = self._documents.supersede_source(source.id)
            # Another source may hold the same texts and had them skipped as duplicates: it is
            # read anew from the start.
            self._marks.clear()
            self._ledger.append("source removed", {"source": source.id, "documents": withdrawn})
        return source

    def pause(self, given: str) -> Source:
        """Have it not read until `resume`; its texts stay in use. Raises as `find` does."""
        return self._set_paused(given, now(), "source paused")

    def resume(self, given: str) -> Source:
        """Have it read again, from where it was. Raises as `find` does."""
        return self._set_paused(given, None, "source resumed")

    def _set_paused(self, given: str, at: str | None, event: str) -> Source:
        with self._connection.transaction():
            source = self.find(given)
            changed = self._connection.execute(
                "UPDATE sources SET paused_at = ? WHERE id = ? AND (paused_at IS NULL) = ?",
                (at, source.id, at is not None),
            )
            if changed:
                self._ledger.append(event, {"source": source.id})
        return source

    def _empty(self, inbox: Source) -> None:
        messages = self._received.of_source(inbox.id)
        self._received.erase(messages)
        for other in self.all():  # it may hold the same messages, passed over as known
            if other.context:
                self._marks.clear(other.id)
        self._marks.clear(inbox.id)
        facts = {"source": inbox.id, "received": len(messages)}
        self._ledger.append("source removed", facts)

    def all(self) -> tuple[Source, ...]:
        """The sources with consent, oldest first."""
        sql = "SELECT * FROM sources WHERE removed_at IS NULL ORDER BY consented_at, id"
        return tuple(_source(row) for row in self._connection.rows(sql))

    def to_read(self) -> tuple[Source, ...]:
        """The sources with consent that are not paused, oldest first."""
        paused = self.paused()
        return tuple(source for source in self.all() if source.id not in paused)

    def paused(self) -> frozenset[str]:
        """The ids of the sources that are not read for now."""
        rows = self._connection.rows("SELECT id FROM sources WHERE paused_at IS NOT NULL")
        return frozenset(row["id"] for row in rows)

    def consent(self, source_id: str) -> str | None:
        """The hash of the ledger line of the consent that stands; None if none does."""
        row = self._connection.row(
            "SELECT consent_line FROM sources WHERE id = ? AND removed_at IS NULL", (source_id,)
        )
        return str(row["consent_line"]) if row else None

    def erase(self, source_id: str) -> None:
        """Delete what is kept of a source itself; its documents must be gone."""
        with self._connection.transaction():
            for sql in (
                "DELETE FROM marks WHERE source = ?",
                "DELETE FROM tallies WHERE source = ?",
                "DELETE FROM sources WHERE id = ?",
            ):
                self._connection.execute(sql, (source_id,))

    def known(self) -> tuple[Source, ...]:
        """The sources with consent and those whose consent was withdrawn."""
        rows = self._connection.rows("SELECT * FROM sources ORDER BY consented_at, id")
        return tuple(_source(row) for row in rows)

    def find(self, given: str) -> Source:
        """The consented source with this place, id or beginning of an id.

        Raises `MicrotuneError` if there is none or more than one.
        """
        sources = self.all()
        found = [s for s in sources if given in (s.place, s.id)] or [
            s for s in sources if len(given) >= SHORTEST and s.id.startswith(given.lower())
        ]
        if len(found) != 1:
            many = "more than one source is called" if found else "there is no source"
            raise MicrotuneError(f"{many} {given!r}", "See: microtune sources list")
        return found[0]


def _source(row: sqlite3.Row) -> Source:
    me = tuple(json.loads(row["me"]))
    return Source(row["kind"], row["place"], me, context=bool(row["context"]))


def _require_unicode(place: str) -> None:
    try:
        place.encode("utf-8")
    except UnicodeEncodeError as error:
        raise MicrotuneError(
            f"the name of {place.encode('utf-8', 'backslashreplace').decode()} is not UTF-8",
            "Rename it, then add it again.",
        ) from error
