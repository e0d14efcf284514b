"""What a person has begun in the assistant and not finished, so that no crash loses it.

It knows nothing of screens: a room has a name, and what stands in its fields is a mapping.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime

from microtune.connection import Connection
from microtune.moments import to_text


class Unfinished:
    """One row for each room."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, room: str, fields: Mapping[str, str]) -> None:
        """Take the place of what was kept for `room`; fields that are all blank keep nothing."""
        if not any(value.strip() for value in fields.values()):
            self.drop([room])
            return
        row = (room, json.dumps(dict(fields)), to_text(datetime.now(UTC)))
        with self._connection.transaction():
            self._connection.execute(
                "INSERT INTO unfinished (room, fields, at) VALUES (?, ?, ?) ON CONFLICT (room)"
                " DO UPDATE SET fields = excluded.fields, at = excluded.at",
                row,
            )

    def of(self, room: str) -> dict[str, str]:
        """What stood in the fields of `room`; empty if nothing did."""
        row = self._connection.row("SELECT fields FROM unfinished WHERE room = ?", (room,))
        return dict(json.loads(row["fields"])) if row else {}

    def all(self) -> Iterator[tuple[str, str]]:
        """Each room with all that stands in its fields as one text."""
        for row in self._connection.rows("SELECT room, fields FROM unfinished"):
            yield row["room"], "\n".join(map(str, json.loads(row["fields"]).values()))

    def drop(self, rooms: Collection[str]) -> None:
        """Keep nothing of these rooms."""
        with self._connection.transaction():
            self._connection.execute_many(
                "DELETE FROM unfinished WHERE room = ?", ((room,) for room in rooms)
            )
