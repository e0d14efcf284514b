"""Logging in to an IMAP server with a password or an OAuth 2.0 access token (SASL, RFC 4422).

The connection is encrypted before it comes here. Knows nothing of keyrings.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from microtune.errors import MicrotuneError
from microtune_collectors.imap_account import Account

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

Respond = Callable[[bytes], bytes]  # the server's challenge to the client's response


def log_in(mailbox: "BaseMailBox", account: Account, secret: str) -> None:
    """Raises `imaplib.IMAP4.error` or imap_tools' `MailboxLoginError` if the server refuses.

    Raises `MicrotuneError` if it offers no way to log in that is known here.
    """
    client = mailbox.client
    if account.oauth:
        mechanism, respond = _bearer(mailbox, account, secret)
        client.authenticate(mechanism, respond)
    elif offers(mailbox, "AUTH=PLAIN") or not (account.user + secret).isascii():
        client.authenticate("PLAIN", lambda challenge: plain(account.user, secret))
    else:
        mailbox.login(account.user, secret, initial_folder=None)


def offers(mailbox: "BaseMailBox", capability: str) -> bool:
    """Whether the server has a capability, asked anew: after the login it names more of them."""
    said = b" ".join(mailbox.client.capability()[1])
    return capability in said.decode("ascii", "replace").upper().split()


def plain(user: str, password: str) -> bytes:
    """The one message of PLAIN (RFC 4616)."""
    return f"\0{user}\0{password}".encode()


def xoauth2(user: str, token: str) -> Respond:
    """XOAUTH2 as Google and Microsoft define it; a refusal in JSON is answered by nothing."""
    first = f"user={user}\x01auth=Bearer {token}\x01\x01".encode()
    return lambda challenge: b"" if challenge else first


def oauthbearer(account: Account, token: str) -> Respond:
    """OAUTHBEARER (RFC 7628, RFC 5801); a refusal in JSON is answered by one byte."""
    user = account.user.replace("=", "=3D").replace(",", "=2C")
    where = f"host={account.host}\x01port={account.port}"
    first = f"n,a={user},\x01{where}\x01auth=Bearer {token}\x01\x01".encode()
    return lambda challenge: b"\x01" if challenge else first


def _bearer(mailbox: "BaseMailBox", account: Account, token: str) -> tuple[str, Respond]:
    if offers(mailbox, "AUTH=XOAUTH2"):
        return "XOAUTH2", xoauth2(account.user, token)
    if offers(mailbox, "AUTH=OAUTHBEARER"):
        return "OAUTHBEARER", oauthbearer(account, token)
    raise MicrotuneError(
        f"{account.host} takes no access tokens",
        "Leave auth=oauth2 out of the URL and give the account's password.",
    )
