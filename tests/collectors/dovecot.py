"""A real IMAP server on this machine for tests, its users and their mail.

One password fits all users, and one key signs their access tokens. Knows nothing of collectors.
"""

import imaplib
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from access_tokens import access_token
from dovecot_process import Place, started

PASSWORD = "correct-horse-battery-staple"
SENT = "Outgoing"  # its special use says that it holds sent mail; its name does not


@dataclass
class Mail:
    """One user's mail on the server: changed as a mail program would, or delivered as files."""

    user: str
    root: Path
    server: "Dovecot"
    _numbers: Iterator[int] = field(default_factory=count)

    def folder(self, name: str = SENT) -> str:
        """Make a folder."""
        with self.client() as client:
            assert client.create(f'"{name}"')[0] == "OK"
        return name

    def deliver(self, message: bytes, folder: str = SENT) -> Path:
        """Add a message as a file, as a mail transport does."""
        number = next(self._numbers)
        name = f"{1_500_000_000 + number}.M{number}P{os.getpid()}.host"
        path = self.root / folder / "tmp" / name
        path.write_bytes(message)
        path.chmod(0o644)
        return path.rename(self.root / folder / "new" / name)

    def renew(self, folder: str = SENT) -> None:
        """Delete a folder and make it again: the server numbers it anew."""
        with self.client() as client:
            assert client.delete(f'"{folder}"')[0] == "OK"
            assert client.create(f'"{folder}"')[0] == "OK"

    @contextmanager
    def client(self) -> Iterator[imaplib.IMAP4_SSL]:
        """Another mail program of the same user."""
        context = ssl.create_default_context(cafile=self.server.cafile)
        port = self.server.tls
        with imaplib.IMAP4_SSL("127.0.0.1", port, ssl_context=context, timeout=60) as client:
            client.login(self.user, PASSWORD)
            yield client

    def token(self, lifetime_s: float = 3600) -> str:
        """An access token that the server takes for this user, unless its lifetime is over."""
        return access_token(self.user, self.server.place.key, lifetime_s)

    def url(self, settings: str = "", port: int | None = None, scheme: str = "imaps") -> str:
        """The account as a person adds it."""
        port = port or (self.server.tls if scheme == "imaps" else self.server.starttls)
        trusted = f"/?cafile={self.server.cafile}"
        return f"{scheme}://{self.user}@127.0.0.1:{port}{trusted}{settings}"


@dataclass
class Dovecot:
    """The server. `tls` and `starttls` are its ports, `cafile` the authority to trust."""

    place: Place
    _users: Iterator[int] = field(default_factory=count)

    @property
    def tls(self) -> int:
        return self.place.tls

    @property
    def starttls(self) -> int:
        return self.place.starttls

    @property
    def log(self) -> str:
        return (self.place.folder / "log").read_text()

    @property
    def cafile(self) -> str:
        return str(self.place.folder / "ca.pem")

    def mail(self, sent: str = SENT) -> Mail:
        """A new user with a folder for sent mail."""
        user = f"user{next(self._users)}"
        mail = Mail(user, self.place.folder / "mail" / user, self)
        if sent:
            mail.folder(sent)
        return mail


@contextmanager
def running(further: str = "") -> Iterator[Dovecot]:
    """A server of its own; `further` is added to its configuration. Skips where there is none."""
    with started(PASSWORD, SENT, further) as place:
        yield Dovecot(place)
