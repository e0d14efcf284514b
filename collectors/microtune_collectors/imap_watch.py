"""Waits for new mail in an IMAP account: by IDLE (RFC 2177), or by asking where there is none.

What counts is whether a folder's numbers have changed; IDLE only says when to look. So nothing is
missed between two waits or two connections. Knows nothing of reading mail.
"""

import logging
import threading
import time
from typing import TYPE_CHECKING

from microtune.contracts import Change
from microtune.errors import MicrotuneError
from microtune.words import Source
from microtune_collectors import imap_secret
from microtune_collectors.imap_account import Account
from microtune_collectors.imap_backoff import A_WATCH, Backoff
from microtune_collectors.imap_connection import TIMEOUT_S, close, connect, drop
from microtune_collectors.imap_failure import ImapFailure, explained
from microtune_collectors.imap_folders import folders_to_read
from microtune_collectors.imap_login import offers
from microtune_collectors.imap_secret import ReadSecret
from microtune_collectors.imap_waker import Waker

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

RENEW_S = 9 * 60.0  # RFC 2177 asks for less than 29 minutes; routers forget a quiet line in 10
POLL_S = 60.0  # between questions where the server has no IDLE, or several folders are read

_log = logging.getLogger(__name__)

State = dict[str, tuple[int, int]]  # folder → UIDVALIDITY, UIDNEXT


class ImapWatch:
    """A `Watch` of one account. The first wait reports a change: nothing is known before it.

    An outage is no change: the connection is tried again with growing delays, and `problem` says
    why there is none.
    """

    def __init__(
        self,
        source: Source,
        secret: ReadSecret = imap_secret.read,
        timeout_s: float = TIMEOUT_S,
        backoff: Backoff = A_WATCH,
        poll_s: float = POLL_S,
    ) -> None:
        self.source = source
        self.problem: MicrotuneError | None = None
        self._secret = secret
        self._timeout_s = timeout_s
        self._backoff = backoff
        self._poll_s = poll_s
        self._account = Account.parse(source.place)
        self._waker = Waker()
        self._waiting = threading.Lock()
        self._closed = False
        self._mailbox: BaseMailBox | None = None
        self._idles = False
        self._seen: State | None = None
        self._delays = backoff.delays()
        self._retry_at = 0.0  # on the monotonic clock

    def wait(self, seconds: float) -> tuple[Change, ...]:
        """A change once there is one; empty after `seconds` without, and after `wake`."""
        end = time.monotonic() + seconds
        with self._waiting:
            while not self._closed and not self._waker.woken():
                now = time.monotonic()
                if now >= end:
                    break
                if now < self._retry_at:
                    self._waker.wait(min(end, self._retry_at) - now)
                elif self._look(end - now):
                    return (Change(self.source.id, ""),)
        return ()

    def wake(self) -> None:
        """Let `wait` return at once, now or when it is next called. From any thread."""
        self._waker.wake()

    def close(self) -> None:
        """Stop watching. From another thread it takes as long as the server takes to answer."""
        self._closed = True
        self._waker.wake()
        with self._waiting:
            mailbox, self._mailbox = self._mailbox, None
            if mailbox:
                close(mailbox)
            self._waker.close()

    def _look(self, seconds: float) -> bool:
        """Whether the folders have changed; if not, wait for a sign that they may have."""
        try:
            mailbox = self._mailbox or self._connect()
            with explained(self._account):
                folders = folders_to_read(mailbox, self._account, self.source.context)
                state = {folder: _numbers(mailbox, folder) for folder in folders}
                self._reached()
                if state != self._seen:
                    self._seen = state
                    return True
                self._pause(mailbox, folders, seconds)
        except MicrotuneError as problem:
            self._fail(problem)
        return False

    def _connect(self) -> "BaseMailBox":
        self._mailbox = connect(self._account, self._secret(self._account), self._timeout_s)
        with explained(self._account):
            self._idles = offers(self._mailbox, "IDLE")
        return self._mailbox

    def _pause(self, mailbox: "BaseMailBox", folders: tuple[str, ...], seconds: float) -> None:
        """Until something is said of the first folder, or it is time to look again."""
        alone = self._idles and len(folders) == 1
        seconds = min(seconds, RENEW_S if alone else self._poll_s)
        if not self._idles:
            self._waker.wait(seconds)
            return
        mailbox.folder.set(folders[0], readonly=True)
        mailbox.idle.start()  # type: ignore[no-untyped-call]
        self._waker.wait(seconds, mailbox.client.sock)
        mailbox.idle.stop()  # type: ignore[no-untyped-call]
        mailbox.client.close()  # opened with EXAMINE, so that nothing is expunged

    def _reached(self) -> None:
        if self.problem:
            _log.warning("%s is reached again", self._account.url)
        self.problem, self._delays = None, self._backoff.delays()

    def _fail(self, problem: MicrotuneError) -> None:
        """Let go of the connection; a refusal is tried again seldom, lest the account be locked."""
        mailbox, self._mailbox = self._mailbox, None
        if mailbox:
            drop(mailbox)
        if str(problem) != str(self.problem):
            _log.warning("%s is not watched: %s", self._account.url, problem)
        self.problem = problem
        passing = isinstance(problem, ImapFailure) and not problem.lasting
        delay = next(self._delays, None) if passing else None
        self._retry_at = time.monotonic() + (self._backoff.longest_s if delay is None else delay)


def _numbers(mailbox: "BaseMailBox", folder: str) -> tuple[int, int]:
    """UIDVALIDITY and UIDNEXT; zeros for a folder that cannot be asked about."""
    from imap_tools.errors import MailboxFolderStatusError

    try:
        status = mailbox.folder.status(folder, ("UIDVALIDITY", "UIDNEXT"))
    except MailboxFolderStatusError:
        return 0, 0
    return status.get("UIDVALIDITY", 0), status.get("UIDNEXT", 0)
