"""Which folders of an IMAP account are read: those of sent mail, and those that were asked for.

Knows nothing of messages.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from microtune.errors import MicrotuneError
from microtune_collectors.imap_account import Account
from microtune_collectors.imap_login import offers
from microtune_collectors.me import SENT

if TYPE_CHECKING:
    from imap_tools import BaseMailBox, FolderInfo

CLOSED = {"\\noselect", "\\nonexistent"}  # names in the hierarchy that hold no messages
ENDING = 2  # letters that a language may add to its word for sent; Sentinel has more
SHOWN = 12  # folders that an error names


def folders_to_read(mailbox: "BaseMailBox", account: Account) -> tuple[str, ...]:
    """Folders of sent mail first. Raises `MicrotuneError` if neither they nor others are there."""
    known = [folder for folder in _listed(mailbox) if not _flags(folder) & CLOSED]
    names = [folder.name for folder in known]
    sent = [folder.name for folder in known if "\\sent" in _flags(folder)]
    sent = sent or [folder.name for folder in known if _is_called_sent(folder)]
    found = tuple(dict.fromkeys([*sent, *account.folders]))
    if not found:
        raise MicrotuneError(
            f"no folder of sent mail was found for {account.user} at {account.host}",
            f"Name yours with folder= in the URL. There are: {_some(names)}.",
        )
    return found


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
    name = folder.name.rpartition(folder.delim)[2] if folder.delim else folder.name
    words = name.lower().split()
    pairs = ((word, stem) for word in words for stem in SENT)
    return any(word.startswith(stem) and len(word) <= len(stem) + ENDING for word, stem in pairs)


def _some(names: Iterable[str]) -> str:
    known = sorted(names)
    return ", ".join(known[:SHOWN]) + (" and others" if len(known) > SHOWN else "")
