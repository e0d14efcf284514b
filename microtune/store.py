"""The store: one SQLite database in the home, and a small class for each thing that it keeps.

A store belongs to the thread that opened it; open another for another thread or process.
"""

from contextlib import AbstractContextManager
from types import TracebackType

from microtune.circumstances import Circumstances
from microtune.connection import BUSY_TIMEOUT_S, Connection
from microtune.documents import Documents
from microtune.drafts import Drafts
from microtune.erasures import Erasures
from microtune.kept import Kept
from microtune.ledger import Ledger
from microtune.locations import Home
from microtune.marks import Marks, Tallies
from microtune.migrations import migrate
from microtune.received import Received
from microtune.retrieval import Retrieval
from microtune.runs import Runs
from microtune.sources import Sources
from microtune.unfinished import Unfinished
from microtune.verdicts import Verdicts


class Store:
    """Everything that is kept. Use it as a context manager, or close it."""

    def __init__(self, connection: Connection, home: Home) -> None:
        self._connection = connection
        self.home = home
        self.ledger = Ledger(connection, home.ledger_head)
        self.documents = Documents(connection)
        self.kept = Kept(connection)
        self.marks = Marks(connection)
        self.tallies = Tallies(connection)
        self.retrieval = Retrieval(connection)
        self.circumstances = Circumstances(connection)
        self.runs = Runs(connection, self.ledger)
        self.drafts = Drafts(connection)
        self.unfinished = Unfinished(connection)
        self.received = Received(connection, self.drafts, self.unfinished)
        self.sources = Sources(connection, self.ledger, self.documents, self.marks, self.received)
        self.erasures = Erasures(connection)
        self.verdicts = Verdicts(connection)

    @classmethod
    def open(cls, home: Home, busy_timeout_s: float = BUSY_TIMEOUT_S) -> "Store":
        """Open the store of `home`, creating or upgrading it as needed.

        Raises `MicrotuneError` if the home cannot be written, the file is damaged, a newer
        microtune wrote it, or another command keeps it locked for `busy_timeout_s`.
        """
        connection = Connection(home.create().database, busy_timeout_s)
        try:
            migrate(connection)
        except BaseException:
            connection.close()
            raise
        return cls(connection, home)

    def transaction(self) -> AbstractContextManager[None]:
        """`with store.transaction():` everything written inside is kept, or nothing is.

        Transactions nest: one inside another that fails and is caught undoes only itself.
        Another process that writes is waited for at the beginning.
        """
        return self._connection.transaction()

    def problems(self) -> list[str]:
        """What is wrong with the file or its index, one sentence each; empty if it is whole."""
        found = [str(row[0]) for row in self._connection.rows("PRAGMA integrity_check")]
        dangling = self._connection.rows("PRAGMA foreign_key_check")
        found += [
            f"a row of {row['table']} refers to a row of {row['parent']} that is not there"
            for row in dangling
        ]
        return [line for line in found if line != "ok"] + self.retrieval.problems()

    def version(self) -> int:
        """Another number once another connection has changed anything."""
        return self._connection.number("PRAGMA data_version")

    def scrub(self) -> None:
        """Leave no byte of what was deleted in the index, in any page or in the log.

        The whole file is written anew, which takes as much space once more. Raises
        `MicrotuneError` while another process reads the database, and on a full disk.
        """
        self.retrieval.compact()
        self._connection.vacuum()
        self._connection.empty_log()

    def close(self) -> None:
        """Close the database. Harmless when repeated."""
        self._connection.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
