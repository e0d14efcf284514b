"""What can go wrong with an IMAP server, each thing in one line with its remedy.

Tells what may pass by itself from what will not. Knows nothing of what was being done.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from microtune.errors import MicrotuneError
from microtune_collectors.imap_account import Account

LONGEST_QUOTE = 200  # characters of a server's own words
LATER = "What was read is kept; the next pass goes on from there."


class ImapFailure(MicrotuneError):
    """The server could not be used. `lasting`: trying again will not help."""

    def __init__(self, what: str, remedy: str, lasting: bool = False) -> None:
        super().__init__(what, remedy)
        self.lasting = lasting


@contextmanager
def explained(account: Account, secret: str = "") -> Iterator[None]:
    """Raises what libraries raise as `ImapFailure`, without `secret` should a server repeat it."""
    from imaplib import IMAP4

    from imap_tools import ImapToolsError

    try:
        yield
    except (OSError, EOFError) as error:
        raise _of_the_line(error, account) from error
    except IMAP4.abort as error:
        if "TLS not supported" in str(error):
            raise _no_tls(account, "the server offers no STARTTLS") from error
        what = f"the connection to {account.host} was lost{_quoted(error, secret)}"
        raise ImapFailure(what, LATER) from error
    except (IMAP4.error, ImapToolsError) as error:
        what = f"{account.host} did not do as it was asked{_quoted(error, secret)}"
        raise ImapFailure(what, LATER) from error


@contextmanager
def login_explained(account: Account, secret: str) -> Iterator[None]:
    """The same while logging in, where a server that says no means it.

    What the libraries raised is not kept as the cause: it may repeat what was sent.
    """
    from imaplib import IMAP4

    from imap_tools import ImapToolsError

    try:
        yield
    except IMAP4.abort:
        raise
    except (IMAP4.error, ImapToolsError) as error:
        quoted = _quoted(error, secret)
        raise ImapFailure(
            f"{account.host} refused to log {account.user} in{quoted}",
            "Run `microtune sources add` again with the right password"
            " (many providers want one made for apps) or a fresh access token.",
            lasting=True,
        ) from None


def _of_the_line(error: OSError | EOFError, account: Account) -> ImapFailure:
    import socket
    import ssl

    host, port = account.host, account.port
    if isinstance(error, ssl.SSLCertVerificationError):
        return ImapFailure(
            f"the certificate of {host} is not to be trusted ({error.verify_message})",
            "Nothing was sent to it. If the server is your own, name its certificate authority:"
            " cafile=/path/to/ca.pem in the URL.",
            lasting=True,
        )
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return ImapFailure(f"{host} hung up on port {port}", LATER)  # as one that is restarted does
    if isinstance(error, ssl.SSLError):
        return _no_tls(account, (error.reason or "handshake failed").lower().replace("_", " "))
    if isinstance(error, TimeoutError):
        return ImapFailure(f"{host} does not answer on port {port}", LATER)
    if isinstance(error, socket.gaierror):
        return ImapFailure(
            f"no server called {host} is known", "Check its name, and that you are online."
        )
    reason = getattr(error, "strerror", None) or type(error).__name__
    return ImapFailure(f"cannot reach {host} on port {port} ({reason})", LATER)


def _no_tls(account: Account, reason: str) -> ImapFailure:
    return ImapFailure(
        f"no encrypted connection to {account.host} on port {account.port} ({reason})",
        "Nothing was sent to it. Use imaps:// (usually port 993) or imap:// with STARTTLS"
        " (usually 143); mail is never read unencrypted.",
        lasting=True,
    )


def _quoted(error: Exception, secret: str) -> str:
    """The server's own words in brackets, on one line."""
    from imap_tools.errors import UnexpectedCommandStatusError

    said = str(error)
    if isinstance(error, UnexpectedCommandStatusError):
        data = error.command_result[1]
        said = " ".join(x.decode("utf-8", "replace") for x in data or () if isinstance(x, bytes))
    said = said.replace(secret, "…") if secret else said
    said = "".join(c if c.isprintable() else " " for c in said)[:LONGEST_QUOTE].strip()
    return f" ({said})" if said else ""
