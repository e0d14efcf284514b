"""All documents that are kept, in use or not: to be looked through, and to be erased.

`microtune.documents` has those in use.
"""

from collections.abc import Collection, Iterator

from microtune.connection import Connection
from microtune.documents import document_of
from microtune.words import Document


class Kept:
    """The table of documents as a whole: superseded texts and interests too."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> Iterator[Document]:
        """Everything, in the order in which it came, read one by one."""
        rows = self._connection.rows("SELECT * FROM documents ORDER BY arrival")
        return (document_of(row) for row in rows)

    def of_source(self, source_id: str) -> tuple[str, ...]:
        """The ids of all that came from a source."""
        return self._ids("source = ?", source_id)

    def versions(self, source_id: str, place: str) -> tuple[str, ...]:
        """The ids of all that was ever kept of a place."""
        return self._ids("source = ? AND place = ?", source_id, place)

    def answered(self) -> Iterator[tuple[str, str]]:
        """(id, the message that it answers) of each document that answers one."""
        rows = self._connection.rows("SELECT id, answered FROM documents WHERE answered <> ''")
        return ((row["id"], row["answered"]) for row in rows)

    def drop_answered(self, ids: Collection[str]) -> None:
        """Of these documents, do not keep which message they answer."""
        with self._connection.transaction():
            self._connection.execute_many(
                "UPDATE documents SET answered = '' WHERE id = ?", ((id,) for id in ids)
            )

    def erase(self, ids: Collection[str]) -> None:
        """Delete these documents with their passages and all that names them."""
        with self._connection.transaction():
            for sql in (
                "DELETE FROM run_documents WHERE document = ?",
                "DELETE FROM documents WHERE id = ?",
            ):
                self._connection.execute_many(sql, ((id,) for id in ids))

    def _ids(self, which: str, *values: str) -> tuple[str, ...]:
        rows = self._connection.rows(f"SELECT id FROM documents WHERE {which}", values)
        return tuple(row["id"] for row in rows)
