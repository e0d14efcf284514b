"""An IMAP connection that is encrypted by STARTTLS, or closed.

imap_tools has one too, which leaves the connection open where the server will not be encrypted.
"""

from contextlib import suppress
from imaplib import IMAP4
from ssl import SSLContext

from imap_tools import BaseMailBox


class StartTlsMailBox(BaseMailBox):
    """Raises `IMAP4.error` or OSError if the server offers no TLS or its certificate is refused."""

    def __init__(self, host: str, port: int, timeout: float, ssl_context: SSLContext) -> None:
        self._to = (host, port)
        self._timeout = timeout
        self._ssl_context = ssl_context
        super().__init__()

    def _get_mailbox_client(self) -> IMAP4:
        client = IMAP4(*self._to, timeout=self._timeout)
        try:
            client.starttls(self._ssl_context)
        except BaseException:
            with suppress(OSError):  # a handshake that failed has closed it
                client.shutdown()
            raise
        return client
