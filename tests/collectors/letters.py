"""Invented letters as files of every kind that the collectors read. Knows nothing of collectors."""

import mailbox
from email.message import EmailMessage
from pathlib import Path

ME = "ann@example.org"


def mail(
    name: str, text: str, sender: str = f"Ann Hebert <{ME}>", date: str | None = None
) -> EmailMessage:
    """A message named by its Message-ID."""
    message = EmailMessage()
    message["Message-ID"] = f"<{name}@example.org>"
    message["Date"] = date or "Tue, 02 May 2000 14:23:00 -0700"
    message["From"] = sender
    message["To"] = "Ben Ó Briain <ben@example.com>, carol@example.com"
    message["Subject"] = f"About {name}"
    message.set_content(text)
    return message


def write_mbox(path: Path, messages: dict[str, bytes]) -> None:
    """An mbox as Python's own library writes it."""
    path.unlink(missing_ok=True)
    box = mailbox.mbox(path)
    for message in messages.values():
        box.add(message)
    box.close()


def from_line(message: bytes) -> bytes:
    """A message as it stands in an mbox."""
    return b"From ann@example.org Tue May  2 14:23:00 2000\n" + message + b"\n"
