"""One connection to the database: how it is opened, its transactions, its errors in plain words.

It knows nothing of what the tables mean.
"""

import contextlib
import errno
import os
import sqlite3
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from microtune.errors import MicrotuneError
from microtune.sqlite_errors import explain

if TYPE_CHECKING:
    from sqlite_utils import Database

BUSY_TIMEOUT_S = 15.0  # longer than any one of our transactions should take
WAL_LIMIT_BYTES = 32 * 1024 * 1024

# synchronous=FULL, not WAL's usual NORMAL: with NORMAL a power cut can take back commits, and
# then ledger.head would be ahead of the ledger and cry wolf. We commit a few times a second at
# most, so the extra fsync costs little.
# secure_delete=ON: what is deleted is overwritten with zeros, not left in free pages.
_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",  # no text of the person's in a temporary file
    f"PRAGMA journal_size_limit = {WAL_LIMIT_BYTES}",
)


class Connection:
    """A database file, opened for one thread. Every error a person can meet is explained."""

    def __init__(self, path: Path, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        """Open or create the file, readable by its owner only. Raises `MicrotuneError`."""
        self.path = path
        self._callbacks: list[Callable[[], None]] = []
        _make_private(path)
        with self.explained():
            # isolation_level=None: transactions begin where we say so and nowhere else
            self._sqlite = sqlite3.connect(path, timeout=busy_timeout_s, isolation_level=None)
        try:
            with self.explained():
                self._enter_wal(busy_timeout_s)
                for pragma in _PRAGMAS:
                    self._sqlite.execute(pragma)
        except BaseException:
            self._sqlite.close()
            raise

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Run one statement; returns the number of rows it changed."""
        with self.explained():
            return self._sqlite.execute(sql, parameters).rowcount

    def execute_many(self, sql: str, parameters: Iterable[Sequence[object]]) -> None:
        """Run one statement for each of `parameters`."""
        with self.explained():
            self._sqlite.executemany(sql, parameters)

    def rows(
        self, sql: str, parameters: Sequence[object] = ()
    ) -> Generator[sqlite3.Row, None, None]:
        """Yield rows one by one as SQLite finds them."""
        with self.explained():
            cursor = self._sqlite.cursor()
            cursor.row_factory = sqlite3.Row
            with contextlib.closing(cursor):
                yield from cursor.execute(sql, parameters)

    def row(self, sql: str, parameters: Sequence[object] = ()) -> sqlite3.Row | None:
        """The first row, or None."""
        with contextlib.closing(self.rows(sql, parameters)) as rows:
            return next(rows, None)

    def number(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """The first column of the first row; 0 where there is none or it is NULL."""
        row = self.row(sql, parameters)
        return int(row[0] or 0) if row else 0

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. The outermost waits for other writers; one inside another nests."""
        if self._sqlite.in_transaction:
            with self._savepoint():
                yield
            return
        with self.explained():
            # IMMEDIATE: take the write lock now, while waiting is possible. A transaction that
            # reads first and writes later fails at once when another wrote in between.
            self._sqlite.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self.explained():
                self._sqlite.execute("COMMIT")
        except BaseException:
            self._callbacks.clear()
            if self._sqlite.in_transaction:  # SQLite itself rolls back on some errors
                with self.explained():
                    self._sqlite.execute("ROLLBACK")
            raise
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    @contextlib.contextmanager
    def _savepoint(self) -> Iterator[None]:
        """All or nothing inside a transaction. SQLite gives back the innermost of one name."""
        with self.explained():
            self._sqlite.execute("SAVEPOINT nested")
            try:
                yield
            except BaseException:
                if self._sqlite.in_transaction:  # else SQLite itself rolled everything back
                    self._sqlite.execute("ROLLBACK TO SAVEPOINT nested")
                    self._sqlite.execute("RELEASE SAVEPOINT nested")
                raise
            self._sqlite.execute("RELEASE SAVEPOINT nested")

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call `callback` once the running transaction is committed; never if it is not."""
        if callback not in self._callbacks:
            self._callbacks.append(callback)

    def as_database(self) -> "Database":
        """This connection as sqlite-utils has it; loading that takes 0.2 s."""
        from sqlite_utils import Database

        return Database(self._sqlite, execute_plugins=False)

    def vacuum(self) -> None:
        """Write the file anew, with nothing in it but what is in tables and indexes.

        SQLite's secure_delete overwrites what is deleted, but where it spreads rows over pages
        anew, old bytes can stay in the unused part of a page.
        """
        self.execute("VACUUM")

    def empty_log(self) -> None:
        """Write the write-ahead log into the database and cut it to nothing.

        Raises `MicrotuneError` where another process reads the database for longer than one waits.
        """
        row = self.row("PRAGMA wal_checkpoint(TRUNCATE)")
        if row is None or row[0]:
            raise MicrotuneError(
                f"another program is reading {self.path}, so its log could not be emptied",
                "Close other microtune commands and the assistant, then run this again.",
            )

    def close(self) -> None:
        """Close the file; the last to do so also empties the write-ahead log."""
        with self.explained():
            self._sqlite.close()

    def _enter_wal(self, patience_s: float) -> None:
        """Switch to write-ahead logging. SQLite's own busy timeout does not cover this switch."""
        end = time.monotonic() + patience_s
        while self._sqlite.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                self._sqlite.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
                time.sleep(0.02)

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """What SQLite raises inside is raised as a person can read it."""
        try:
            yield
        except sqlite3.Error as error:
            explained = explain(error, self.path)
            if explained is None:
                raise
            raise explained from error


def _make_private(path: Path) -> None:
    """Create the file before SQLite does, with mode 0600; its -wal and -shm take the same.

    A file that is there is not opened: to close it would drop the locks that another connection
    of this process holds on it (POSIX), and the next process to close its own would delete the
    log from under it.
    """
    try:
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        path.chmod(0o600)
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise MicrotuneError(
            f"cannot open {path} for writing ({error.strerror})",
            "Give yourself write access to it and its folder, or choose another --home DIR.",
        ) from error
