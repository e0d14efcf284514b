"""Adds the IMAP accounts among the sources to a watch of what lies on this machine.

Each account waits in a thread of its own, asleep on its connection. Knows nothing of IMAP itself.
"""

import threading
from collections.abc import Sequence
from queue import Empty, SimpleQueue

from microtune.contracts import Change, Watch
from microtune.words import Source
from microtune_collectors.imap_watch import ImapWatch

WAIT_S = 600.0  # of one wait for one account
PATIENCE_S = 5.0  # for a server that does not answer while the watch is closed


def with_accounts(local: Watch, sources: Sequence[Source]) -> Watch:
    """`local` with every IMAP account in `sources`; it alone where there is none."""
    accounts = [ImapWatch(source) for source in sources if source.kind == "imap"]
    return JoinedWatch(local, accounts) if accounts else local


class JoinedWatch:
    """A `Watch` that wakes `local` for what the accounts tell. Closes them all."""

    def __init__(self, local: Watch, accounts: Sequence[ImapWatch]) -> None:
        self._local = local
        self._accounts = accounts
        self._closing = threading.Event()
        self._told: SimpleQueue[Change] = SimpleQueue()
        # daemons: a server that hangs must not keep the process from ending
        self._threads = [
            threading.Thread(target=self._follow, args=(one,), name="imap", daemon=True)
            for one in accounts
        ]
        for thread in self._threads:
            thread.start()

    def wait(self, seconds: float) -> tuple[Change, ...]:
        """See `microtune.contracts.Watch.wait`."""
        return self._take() or (self._local.wait(seconds) + self._take())

    def wake(self) -> None:
        """See `microtune.contracts.Watch.wake`."""
        self._local.wake()

    def close(self) -> None:
        """See `microtune.contracts.Watch.close`. Returns within seconds even if a server hangs."""
        self._closing.set()
        for account in self._accounts:
            account.wake()
        for thread in self._threads:
            thread.join(PATIENCE_S)
        self._local.close()

    def _take(self) -> tuple[Change, ...]:
        """What the accounts have told, each source once."""
        changes: dict[Change, None] = {}
        while True:
            try:
                changes[self._told.get_nowait()] = None
            except Empty:
                return tuple(changes)

    def _follow(self, account: ImapWatch) -> None:
        try:
            while not self._closing.is_set():
                for change in account.wait(WAIT_S):
                    self._told.put(change)
                    self._local.wake()
        finally:
            account.close()
