"""Reads one folder of an IMAP account over a connection that may break at any time.

Its mark is its UIDVALIDITY and the highest UID read. Knows nothing of the message format.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from microtune.errors import MicrotuneError
from microtune.messages import oldest_kept
from microtune.words import Answers, Found, Mark, Skip
from microtune_collectors import imap_fetch
from microtune_collectors.headers import split
from microtune_collectors.imap_connection import Link
from microtune_collectors.imap_failure import LATER, ImapFailure
from microtune_collectors.imap_fetch import Listed
from microtune_collectors.message import Mailbox, read_message
from microtune_collectors.message_ids import message_id

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

T = TypeVar("T")


class _Gone(MicrotuneError):
    """The server does not open the folder."""


class FolderReader:
    """One pass over one folder."""

    def __init__(self, link: Link, mailbox: Mailbox) -> None:
        self._link = link
        self._mailbox = mailbox
        self._name = mailbox.place
        self._validity = 0

    def read(self, mark: str) -> Iterator[Found | Skip | Mark]:
        """Everything above the mark, with a new mark after each batch."""
        try:
            uids = self._link.run(lambda mailbox: self._new(mailbox, mark))
        except _Gone as gone:
            yield Skip(self._name, "unreadable", gone.what)
            return
        for at in range(0, len(uids), imap_fetch.LISTED):
            part = uids[at : at + imap_fetch.LISTED]
            for batch in imap_fetch.batches(self._on(imap_fetch.sizes, part)):
                yield from self._read_batch(batch)
                yield self._mark(batch[-1].uid)
            yield self._mark(part[-1])

    def answered(self) -> Iterator[Answers]:
        """What mail programs marked as answered, read before or not; after `read`."""
        try:
            since = oldest_kept(self._mailbox.now)
            uids = self._on(lambda mailbox, _: imap_fetch.answered(mailbox, since), [])
            for at in range(0, len(uids), imap_fetch.LISTED):
                part = uids[at : at + imap_fetch.LISTED]
                for header in self._on(imap_fetch.headers, part):
                    found = message_id(split(header.replace(b"\r\n", b"\n"))[0])
                    if found:
                        yield Answers(self._name, reason="", answers=(found,))
        except _Gone:  # which `read` has said
            return

    def _new(self, mailbox: "BaseMailBox", mark: str) -> list[int]:
        """Opens the folder; the UIDs to read, all of them if their numbering began anew."""
        self._validity = self._examine(mailbox)
        validity, _, highest = mark.partition(":")
        known = validity == str(self._validity) and highest.isdecimal()
        since = oldest_kept(self._mailbox.now) if self._mailbox.context else None
        return imap_fetch.uids_after(mailbox, int(highest) if known else 0, since)

    def _read_batch(self, batch: list[Listed]) -> Iterator[Found | Skip]:
        wanted = [one for one in batch if not _against(one)]
        bodies = self._on(imap_fetch.bodies, [one.uid for one in wanted])
        for one in batch:
            place = f"{self._name}#uid {one.uid}"
            body = bodies.pop(one.uid, None)
            if against := _against(one):
                yield Skip(place, *against)
            elif body is None:
                yield Skip(place, "unreadable", "the server did not give it")
            else:
                whole = one.size <= one.kept
                yield read_message(
                    body,
                    self._mailbox,
                    envelope=one.received,
                    whole=whole,
                    is_answered="\\answered" in one.flags,
                )

    def _on(self, ask: "Callable[[BaseMailBox, list[int]], T]", uids: list[int]) -> T:
        """Ask about messages of this folder, which a new connection has to open again."""

        def work(mailbox: "BaseMailBox") -> T:
            if self._examine(mailbox) != self._validity:
                raise ImapFailure(
                    f"{self._name} was numbered anew while it was read", LATER, lasting=True
                )
            return ask(mailbox, uids)

        return self._link.run(work)

    def _examine(self, mailbox: "BaseMailBox") -> int:
        from imap_tools.errors import MailboxFolderSelectError

        try:
            return imap_fetch.examine(mailbox, self._name)
        except MailboxFolderSelectError:
            raise _Gone(f"the server does not open {self._name}", LATER) from None

    def _mark(self, uid: int) -> Mark:
        return Mark(self._name, f"{self._validity}:{uid}")


def _against(one: Listed) -> tuple[str, str] | None:
    """Why a message is not fetched at all (reason, detail), or None."""
    if "\\deleted" in one.flags:
        return "deleted", ""
    return ("machine-made", "draft") if "\\draft" in one.flags else None
