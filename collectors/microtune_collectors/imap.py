"""IMAP accounts: what their owner sent, and what lies in further folders that were asked for.

Of one that is context only: what they received, in INBOX and such folders, and what they answered.
Knows nothing of how a folder is read.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING

from microtune.errors import MicrotuneError
from microtune.words import Found, Mark, Skip, Source
from microtune_collectors import imap_secret
from microtune_collectors.exclusions import reason_against_mailbox
from microtune_collectors.imap_account import Account
from microtune_collectors.imap_backoff import A_PASS, ONCE, Backoff
from microtune_collectors.imap_connection import TIMEOUT_S, Link
from microtune_collectors.imap_folders import folders_to_read, require_folders
from microtune_collectors.imap_reading import FolderReader
from microtune_collectors.imap_secret import ReadSecret
from microtune_collectors.message import Mailbox
from microtune_collectors.preconditions import require_me

if TYPE_CHECKING:
    from imap_tools import BaseMailBox


class ImapCollector:
    """One account. Opens its connection when `collect` is first asked for an item."""

    def __init__(
        self,
        source: Source,
        secret: ReadSecret = imap_secret.read,
        timeout_s: float = TIMEOUT_S,
        backoff: Backoff = A_PASS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.source = source
        self._secret = secret
        self._timeout_s = timeout_s
        self._backoff = backoff
        self._sleep = sleep

    def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        require_me(self.source)
        account = Account.parse(self.source.place)
        secret = self._secret(account)
        with closing(Link(account, secret, self._timeout_s, self._backoff, self._sleep)) as link:
            for folder in link.run(lambda mailbox: self._folders(mailbox, account)):
                if against := reason_against_mailbox(folder):
                    yield Skip(folder, *against)
                else:
                    yield from self._read(link, folder, marks.get(folder, ""))

    def _folders(self, mailbox: "BaseMailBox", account: Account) -> tuple[str, ...]:
        return folders_to_read(mailbox, account, self.source.context)

    def _read(self, link: Link, folder: str, mark: str) -> Iterator[Found | Skip | Mark]:
        mailbox = Mailbox.of(folder, self.source.me, self.source.context)
        reader = FolderReader(link, mailbox)
        yield from reader.read(mark)
        if mailbox.context:
            yield from reader.answered()


def open_imap(url: str, me: tuple[str, ...], context: bool = False) -> Source:
    """The source for an account; without `me` its owner's address is that of the login.

    Opens no connection. Raises `MicrotuneError` for a malformed URL, and where no address is known.
    """
    account = Account.parse(url)
    mine = me or ((account.user.lower(),) if "@" in account.user else ())
    if not mine:
        raise MicrotuneError(
            f"cannot tell which address {account.user} writes from",
            "Say so with --me ADDRESS (once for each address that you write from).",
        )
    return Source("imap", account.place, mine, context)


def try_out(source: Source, secret: str) -> tuple[str, ...]:
    """Log in once; the folders that would be read. Raises `MicrotuneError` if that fails."""
    account = Account.parse(source.place)

    def look(mailbox: "BaseMailBox") -> tuple[str, ...]:
        require_folders(mailbox, account)
        return folders_to_read(mailbox, account, source.context)

    with closing(Link(account, secret, backoff=ONCE)) as link:
        return link.run(look)
