"""The parts of a composed message: its header, quotes, signature, HTML and encodings.

All of it follows from the message's number and its draws. Knows nothing of where texts come from.
"""

import base64
import html
import quopri
import textwrap
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

ME = ("ann.archer@example.org", "ann@archer.example")
BEGINNING = datetime(2004, 1, 5, 8, 0, tzinfo=UTC)
BETWEEN = timedelta(minutes=53)  # 200,000 messages take twenty years
PEOPLE = tuple(
    (f"{first} {last}", f"{first}.{last}@example.com".lower())
    for first in ("Bob", "Carol", "Dan", "Erin", "Frank", "Grace", "Heidi", "Ivan", "Judy", "Ken")
    for last in ("Baker", "Carter", "Dyer", "Fisher", "Glover", "Hunter", "Mason", "Porter")
)
SIGNATURE = "-- \nAnn Archer\nArcher & Daughters, 12 Mill Lane, Exampleton\n+1 555 0100"
BOUNDARY = "=_composed"


@dataclass(frozen=True, slots=True)
class Written:
    """What a message says. `odd`: "short", "machine", "forwarded" or nothing; `style` from 0 to 1
    decides how it is laid out and encoded."""

    number: int
    own: str
    quoted: str
    odd: str
    signed: bool
    style: float

    @property
    def at(self) -> datetime:
        return BEGINNING + BETWEEN * self.number

    @property
    def to(self) -> tuple[str, str]:
        return PEOPLE[self.number * 7919 % len(PEOPLE)]


def envelope(written: Written) -> bytes:
    """The From_ line."""
    return f"From {ME[0]} {written.at:%a %b %d %H:%M:%S %Y}\n".encode()


def headers(written: Written) -> str:
    """The header up to what the body adds."""
    name, address = written.to
    subject = " ".join((written.own or written.quoted).split()[:5]).rstrip(".,;:?!")
    lines = [
        f"Message-ID: <{written.number}.composed@example.org>",
        f"Date: {format_datetime(written.at)}",
        f"From: Ann Archer <{ME[written.number % len(ME)]}>",
        f"To: {name} <{address}>",
        f"Subject: {_encoded_word(('Re: ' if written.quoted else '') + subject)}",
    ]
    if written.quoted:
        answered = f"<{written.number}.answered@example.com>"
        lines += [f"In-Reply-To: {answered}", f"References: {answered}"]
    if written.odd == "machine":
        lines.append("Auto-Submitted: auto-replied")
    return "\n".join([*lines, "MIME-Version: 1.0", ""])


def body_of(written: Written) -> str:
    """The rest: content headers, an empty line, and the text in one form or another."""
    text = plain_text(written)
    if written.style < 0.25:
        return _alternative(text, written)
    if written.style < 0.45:
        return _quoted_printable(text)
    if written.style < 0.55:
        return _base64(text)
    return f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"


def plain_text(written: Written) -> str:
    """Greeting, own words, sign-off, signature, and the message answered above or below."""
    first = written.to[0].partition(" ")[0]
    own = written.own
    if written.style > 0.5 and not written.odd:
        own = f"Hi {first},\n\n{own}\n\nBest,\nAnn"
    if int(written.style * 100) % 3:
        own = _wrapped(own)
    if written.signed:
        own = f"{own}\n\n{SIGNATURE}"
    if not written.quoted:
        return own
    if written.odd == "forwarded":
        name, address = written.to
        return (
            f"---------- Forwarded message ---------\nFrom: {name} <{address}>\n\n{written.quoted}"
        )
    quote = "\n".join(f"> {line}".rstrip() for line in _wrapped(written.quoted).split("\n"))
    attributed = f"{_attribution(written)}\n{quote}"
    return (
        f"{attributed}\n\n{own}" if int(written.style * 1000) % 5 == 0 else f"{own}\n\n{attributed}"
    )


def _attribution(written: Written) -> str:
    name, address = written.to
    before = written.at - timedelta(hours=3)
    return f"On {before:%a, %d %b %Y at %H:%M}, {name} <{address}> wrote:"


def _alternative(text: str, written: Written) -> str:
    return (
        f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"\n\n--{BOUNDARY}\n'
        f"{_quoted_printable(text)}\n--{BOUNDARY}\n{_html(text, written)}\n--{BOUNDARY}--\n"
    )


def _html(text: str, written: Written) -> str:
    own = "".join(f"<p>{html.escape(part)}</p>\n" for part in text.split("\n\n") if part)
    page = f'<html><body style="font-family: sans-serif">\n{own}</body></html>\n'
    encoded = quopri.encodestring(page.encode()).decode()
    return (
        "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        f"{encoded}"
    )


def _quoted_printable(text: str) -> str:
    encoded = quopri.encodestring(f"{text}\n".encode()).decode()
    return (
        "Content-Type: text/plain; charset=utf-8\n"
        f"Content-Transfer-Encoding: quoted-printable\n\n{encoded}"
    )


def _base64(text: str) -> str:
    encoded = base64.encodebytes(f"{text}\n".encode()).decode()
    return (
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + encoded
    )


def _wrapped(text: str) -> str:
    lines = (textwrap.fill(line, 72, break_long_words=False) for line in text.split("\n"))
    return "\n".join(lines)


def _encoded_word(text: str) -> str:
    if text.isascii():
        return text
    return f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="
