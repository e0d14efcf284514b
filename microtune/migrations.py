"""The schema as numbered steps. Steps are only ever appended; one that was released never changes.

It knows nothing of what is done with the tables. sqlite-utils takes the steps and keeps the list
of those taken; it is loaded only where a step is pending, since it costs every command 0.2 s.
"""

from functools import partial
from typing import TYPE_CHECKING

from microtune.connection import Connection
from microtune.errors import MicrotuneError
from microtune.schema import STEPS

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

SET = "microtune"
TABLE = "_sqlite_migrations"  # sqlite-utils' own; a test holds this name to `migrations()`


def migrations() -> "Migrations":
    """The steps of `STEPS` in order, as sqlite-utils applies them."""
    from sqlite_utils import Migrations

    steps = Migrations(SET)
    for name, statements in STEPS.items():
        steps(name=name)(partial(_run, statements))
    return steps


def _run(statements: tuple[str, ...], database: "Database") -> None:
    for statement in statements:
        database.execute(statement)


def migrate(connection: Connection) -> None:
    """Bring the schema up to date, all steps or none.

    Raises `MicrotuneError` if a newer microtune has already gone beyond the steps known here, and
    where the file cannot be read or written.
    """
    if not _pending(connection):
        return
    with connection.explained():
        database = connection.as_database()
        with connection.transaction():  # a second process waits here, then finds nothing pending
            if _pending(connection):
                migrations().apply(database)


def _pending(connection: Connection) -> bool:
    """Whether a step is still to be taken. Raises `MicrotuneError` at a step not known here."""
    found = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    if connection.row(found, [TABLE]) is None:
        return True
    taken = f"SELECT name FROM {TABLE} WHERE migration_set = ? ORDER BY rowid"
    applied = [row["name"] for row in connection.rows(taken, [SET])]
    if unknown := [name for name in applied if name not in STEPS]:
        raise MicrotuneError(
            f"{connection.path} was written by a newer microtune (it has step {unknown[-1]})",
            "Upgrade microtune, or choose another --home DIR.",
        )
    return len(applied) < len(STEPS)
