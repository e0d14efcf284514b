"""Puts a message into the folder of drafts of an IMAP account: all that is ever written to one.

Knows nothing of what is in the message.
"""

from contextlib import closing
from typing import TYPE_CHECKING

from microtune.errors import MicrotuneError
from microtune.words import Source
from microtune_collectors import imap_secret
from microtune_collectors.imap_account import Account
from microtune_collectors.imap_backoff import ONCE
from microtune_collectors.imap_connection import TIMEOUT_S, Link
from microtune_collectors.imap_folders import drafts_folder
from microtune_collectors.imap_secret import ReadSecret

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

FLAGS = ("\\Draft", "\\Seen")


def save_draft(
    source: Source,
    message: bytes,
    secret: ReadSecret = imap_secret.read,
    timeout_s: float = TIMEOUT_S,
) -> str:
    """Add a message to the account's drafts; returns the folder's name.

    It is tried once: a connection that is lost may have taken the message all the same. Raises
    `MicrotuneError` for a source that is no account, and where it cannot be saved.
    """
    if source.kind != "imap":
        raise MicrotuneError(
            f"{source.place} is no IMAP account", "Name one of `microtune sources list`."
        )
    account = Account.parse(source.place)

    def add(mailbox: "BaseMailBox") -> str:
        folder = drafts_folder(mailbox, account)
        mailbox.append(message, folder, flag_set=FLAGS)
        return folder

    with closing(Link(account, secret(account), timeout_s, backoff=ONCE)) as link:
        return link.run(add)
