"""One message that somebody sent to the person, as context for an answer. It is never stored."""

from dataclasses import dataclass

from microtune_collectors.encoding import NotText, decode
from microtune_collectors.headers import Headers, people, split
from microtune_collectors.mime import body_text

_OF_MAIL = ("from", "to", "subject", "date", "message-id", "mime-version", "content-type")


@dataclass(frozen=True, slots=True)
class Received:
    """`text` is the whole body, quotes too; `sender` as its From names them, "" for none."""

    text: str
    sender: str
    subject: str


def read_received(data: bytes) -> Received:
    """Read a message of RFC 5322; text without headers is taken as the body alone.

    Never raises: what is no text at all comes back as "".
    """
    data = data.replace(b"\r\n", b"\n")
    headers, body = split(_without_envelope(data))
    if not _is_mail(headers):
        return Received(_plain(data), "", "")
    senders = people(headers.get("from"))
    text = body_text(headers, body).strip()
    return Received(text, senders[0] if senders else "", headers.text("subject"))


def _is_mail(headers: Headers) -> bool:
    """One field could be a line of prose with a colon in it; two are a header."""
    return sum(name in headers for name in _OF_MAIL) >= 2


def _without_envelope(data: bytes) -> bytes:
    """The message alone: some programs leave the From_ line of an mbox at its head."""
    return data.partition(b"\n")[2] if data.startswith((b"From ", b">From ")) else data


def _plain(data: bytes) -> str:
    try:
        return decode(data).strip()
    except NotText:
        return ""
