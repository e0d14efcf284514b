"""What SQLite's errors mean to a person: one line and a remedy. It knows nothing of any table."""

import sqlite3
from pathlib import Path

from microtune.errors import MicrotuneError

_WRITE_FAILURES = frozenset(
    {
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_SHMSIZE,  # the shared-memory file could not grow
    }
)


def explain(error: sqlite3.Error, path: Path) -> MicrotuneError | None:
    """The person's view of `error` in the database at `path`; None if it is a bug of ours."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    kind = code & 0xFF  # the low byte of an extended code is its primary code
    if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return MicrotuneError(
            f"another microtune command is writing to {path}",
            "Wait until it has finished, then try again.",
        )
    if kind == sqlite3.SQLITE_FULL or code in _WRITE_FAILURES:
        return MicrotuneError(
            f"the disk with {path} is full or cannot be written",
            "Free some space and run the command again; nothing that was stored is lost.",
        )
    if kind in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return MicrotuneError(
            f"cannot open {path} for writing",
            "Give yourself write access to it and its folder, or choose another --home DIR.",
        )
    if kind == sqlite3.SQLITE_CORRUPT:  # SQLite says so of a read that failed, too
        return MicrotuneError(
            f"cannot read {path}: the disk failed, or the file is damaged ({error})",
            "Check the disk and run the command again. If `microtune doctor` finds damage, "
            "put back a copy of the file, or move it away and collect again.",
        )
    if kind == sqlite3.SQLITE_NOTADB:
        return MicrotuneError(
            f"{path} is damaged or is not a microtune database ({error})",
            "Put back a copy of it, or move it away and collect again.",
        )
    if kind == sqlite3.SQLITE_IOERR:
        return MicrotuneError(
            f"cannot read or write {path} ({error})", "Check the disk, then try again."
        )
    return None
