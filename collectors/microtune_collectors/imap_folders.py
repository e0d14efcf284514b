"""Which folders of an IMAP account are read: those of sent mail, and those that were asked for.

Of an account that is context only, INBOX before them. Also where drafts are kept.

Knows nothing of messages.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from microtune.errors import MicrotuneError
from microtune_collectors.exclusions import DRAFTS
from microtune_collectors.imap_account import Account
from microtune_collectors.imap_login import offers
from microtune_collectors.me import SENT

if TYPE_CHECKING:
    from imap_tools import BaseMailBox, FolderInfo

INBOX = "INBOX"  # in any case (RFC 3501, 5.1)
CLOSED = {"\\noselect", "\\nonexistent"}  # names in the hierarchy that hold no messages
ENDING = 2  # letters that a language may add to its word for sent; Sentinel has more
SHOWN = 12  # folders that an error names


def folders_to_read(
    mailbox: "BaseMailBox", account: Account, context: bool = False
) -> tuple[str, ...]:
    """Folders of sent mail first. Raises `MicrotuneError` if neither they nor others are there."""
    known = [folder for folder in _listed(mailbox) if not _flags(folder) & CLOSED]
    names = [folder.name for folder in known]
    sent = [folder.name for folder in known if "\\sent" in _flags(folder)]
    sent = sent or [folder.name for folder in known if _is_called_sent(folder)]
    inbox = [name for name in names if context and name.upper() == INBOX]
    found = tuple(dict.fromkeys([*inbox, *sent, *account.folders]))
    if not found:
        raise MicrotuneError(
            f"no folder of sent mail was found for {account.user} at {account.host}",
            f"Name yours with folder= in the URL. There are: {_some(names)}.",
        )
    return found


def drafts_folder(mailbox: "BaseMailBox", account: Account) -> str:
    """The folder of drafts. Raises `MicrotuneError` if none is marked or called so."""
    known = [folder for folder in _listed(mailbox) if not _flags(folder) & CLOSED]
    marked = [folder.name for folder in known if "\\drafts" in _flags(folder)]
    called = [folder.name for folder in known if _own_name(folder).lower() in DRAFTS]
    if not (marked or called):
        raise MicrotuneError(
            f"{account.host} has no folder for drafts of {account.user}",
            f"Make one called Drafts. There are: {_some(folder.name for folder in known)}.",
        )
    return (marked or called)[0]


def require_folders(mailbox: "BaseMailBox", account: Account) -> None:
    """Raises `MicrotuneError` if a folder that was asked for is not there."""
    names = [folder.name for folder in _listed(mailbox)]
    missing = [folder for folder in account.folders if folder not in names]
    if missing:
        raise MicrotuneError(
            f"{account.host} has no folder {', '.join(missing)} for {account.user}",
            f"There are: {_some(names)}.",
        )


def _listed(mailbox: "BaseMailBox") -> "list[FolderInfo]":
    """All folders, with their special uses (RFC 6154) where the server knows them."""
    extended = offers(mailbox, "SPECIAL-USE") and offers(mailbox, "LIST-EXTENDED")
    if not extended:
        return mailbox.folder.list()
    pattern = b'"*" RETURN (SPECIAL-USE)'  # bytes are sent as they are
    return mailbox.folder.list("", pattern)  # type: ignore[arg-type]


def _flags(folder: "FolderInfo") -> set[str]:
    return {flag.lower() for flag in folder.flags}


def _is_called_sent(folder: "FolderInfo") -> bool:
    """Whether a word of its own name, without its parents', says so in a language we know."""
    words = _own_name(folder).lower().split()
    pairs = ((word, stem) for word in words for stem in SENT)
    return any(word.startswith(stem) and len(word) <= len(stem) + ENDING for word, stem in pairs)


def _own_name(folder: "FolderInfo") -> str:
    return folder.name.rpartition(folder.delim)[2] if folder.delim else folder.name


def _some(names: Iterable[str]) -> str:
    known = sorted(names)
    return ", ".join(known[:SHOWN]) + (" and others" if len(known) > SHOWN else "")
