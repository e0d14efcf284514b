"""Finding one thing by its id or by enough of its first digits, as people type them."""

from microtune.connection import Connection
from microtune.errors import MicrotuneError

SHORTEST = 4


def full_id(connection: Connection, table: str, given: str, what: str) -> str:
    """The one id in `table` that begins with `given`.

    Raises `MicrotuneError` if there is none or more than one. `what` names the thing in words.
    """
    prefix = given.strip().lower()
    # a range, not LIKE, so that the index serves it and % means nothing
    sql = f"SELECT id FROM {table} WHERE id >= ? AND id < ? ORDER BY id LIMIT 2"
    found = [row["id"] for row in connection.rows(sql, (prefix, prefix + "\U0010ffff"))]
    if prefix in found:
        return prefix
    if len(found) > 1 and len(prefix) >= SHORTEST:
        raise MicrotuneError(f"more than one {what} begins with {given!r}", "Give more of its id.")
    if not found or len(prefix) < SHORTEST:
        raise MicrotuneError(
            f"there is no {what} {given!r}", f"Give at least {SHORTEST} characters of its id."
        )
    return str(found[0])
