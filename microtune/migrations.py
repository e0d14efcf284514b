"""The schema as numbered steps. Steps are only ever appended; one that was released never changes.

It knows nothing of what is done with the tables.
"""

from functools import partial

from sqlite_utils import Database, Migrations

from microtune.connection import Connection
from microtune.errors import MicrotuneError
from microtune.schema import STEPS

MIGRATIONS = Migrations("microtune")


def _run(statements: tuple[str, ...], database: Database) -> None:
    for statement in statements:
        database.execute(statement)


for _name, _statements in STEPS.items():
    MIGRATIONS(name=_name)(partial(_run, _statements))


def migrate(connection: Connection) -> None:
    """Bring the schema up to date, all steps or none.

    Raises `MicrotuneError` if a newer microtune has already gone beyond the steps known here, and
    where the file cannot be read or written.
    """
    database = connection.database
    with connection.explained():
        _refuse_newer(connection)
        if not MIGRATIONS.pending(database):
            return
        with connection.transaction():  # a second process waits here, then finds nothing pending
            _refuse_newer(connection)
            MIGRATIONS.apply(database)


def _refuse_newer(connection: Connection) -> None:
    known = set(STEPS)
    unknown = [m.name for m in MIGRATIONS.applied(connection.database) if m.name not in known]
    if unknown:
        raise MicrotuneError(
            f"{connection.path} was written by a newer microtune (it has step {unknown[-1]})",
            "Upgrade microtune, or choose another --home DIR.",
        )
