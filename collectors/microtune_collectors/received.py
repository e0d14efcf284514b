"""One message that somebody sent to the person, as context for an answer. It is never stored."""

from dataclasses import dataclass

from microtune_collectors.headers import people, split
from microtune_collectors.mime import body_text


@dataclass(frozen=True, slots=True)
class Received:
    """`text` is the whole body, `sender` as its From names them."""

    text: str
    sender: str
    subject: str


def read_received(data: bytes) -> Received:
    """Read a message of RFC 5322; text without headers is taken as the body alone."""
    data = data.replace(b"\r\n", b"\n")
    headers, body = split(data)
    sender = people(headers.get("from"))
    if not sender and not headers.get("subject"):
        return Received(data.decode("utf-8", "replace").strip(), "", "")
    return Received(
        body_text(headers, body).strip(), sender[0] if sender else "", headers.text("subject")
    )
