"""A connection to an IMAP server: encrypted, its certificate verified, logged in, and mended.

The only place that opens one. Knows nothing of folders and messages.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from microtune.errors import MicrotuneError
from microtune_collectors.imap_account import Account
from microtune_collectors.imap_backoff import A_PASS, Backoff
from microtune_collectors.imap_failure import ImapFailure, explained, login_explained
from microtune_collectors.imap_login import log_in

if TYPE_CHECKING:
    from ssl import SSLContext

    from imap_tools import BaseMailBox

TIMEOUT_S = 30.0  # of a connection on which nothing moves
T = TypeVar("T")


def connect(account: Account, secret: str, timeout_s: float = TIMEOUT_S) -> "BaseMailBox":
    """Log in; `close` the mailbox in the end. Raises `ImapFailure`."""
    from imap_tools import MailBox

    from microtune_collectors.imap_starttls import StartTlsMailBox

    context = _tls(account)
    kind = MailBox if account.scheme == "imaps" else StartTlsMailBox
    with explained(account, secret):
        mailbox = kind(account.host, account.port, timeout=timeout_s, ssl_context=context)
        try:
            with login_explained(account, secret):
                log_in(mailbox, account, secret)
        except BaseException:
            close(mailbox)
            raise
    return mailbox


def close(mailbox: "BaseMailBox") -> None:
    """Say goodbye if the server still listens, and let go of the connection in any case."""
    from imaplib import IMAP4

    from imap_tools import ImapToolsError

    try:
        mailbox.logout()
    except (OSError, EOFError, IMAP4.error, ImapToolsError):
        drop(mailbox)


def drop(mailbox: "BaseMailBox") -> None:
    """Let go of a connection without a word. Harmless when repeated."""
    try:
        mailbox.client.shutdown()
    except OSError:
        return


class Link:
    """A connection that is opened when it is first needed, and again after it was lost."""

    def __init__(
        self,
        account: Account,
        secret: str,
        timeout_s: float = TIMEOUT_S,
        backoff: Backoff = A_PASS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._account = account
        self._secret = secret
        self._timeout_s = timeout_s
        self._backoff = backoff
        self._sleep = sleep
        self._mailbox: BaseMailBox | None = None

    def run(self, work: "Callable[[BaseMailBox], T]") -> T:
        """What `work` returns, called again with a fresh mailbox after a failure that may pass.

        Raises `ImapFailure` for one that lasts, or once the back-off gives up.
        """
        delays = self._backoff.delays()
        while True:
            try:
                mailbox = self._mailbox or connect(self._account, self._secret, self._timeout_s)
                self._mailbox = mailbox
                with explained(self._account, self._secret):
                    return work(mailbox)
            except ImapFailure as failure:
                self._drop()
                delay = None if failure.lasting else next(delays, None)
                if delay is None:
                    raise
                self._sleep(delay)

    def close(self) -> None:
        mailbox, self._mailbox = self._mailbox, None
        if mailbox:
            close(mailbox)

    def _drop(self) -> None:
        mailbox, self._mailbox = self._mailbox, None
        if mailbox:
            drop(mailbox)


def _tls(account: Account) -> "SSLContext":
    """Verifies certificate and name. Raises `MicrotuneError` if the given `cafile` is none."""
    import ssl

    try:
        return ssl.create_default_context(cafile=account.cafile or None)
    except OSError as error:  # also ssl.SSLError
        raise MicrotuneError(
            f"cannot read certificates from {account.cafile} ({error.strerror})",
            "Name a file in PEM form after cafile= in the URL.",
        ) from error
