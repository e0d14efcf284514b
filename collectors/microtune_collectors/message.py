"""One mail message, as bytes, to a `Found` or a `Skip`. Knows nothing of mailboxes' formats.

Nothing here raises: a broken message is read as far as it goes, or skipped with a reason.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from microtune.words import Found, Skip
from microtune_collectors import dates, exclusions, gmail_labels
from microtune_collectors.headers import Headers, addresses, people, split
from microtune_collectors.inbox import read_inbox_message
from microtune_collectors.message_ids import answers, message_id
from microtune_collectors.mime import body_text

KEPT = 4 << 20  # bytes of a message that are kept in memory: the text comes before attachments
NOT_MINE = "not written by you"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What reading a message needs to know of where it lies.

    `place` within the source; `me` the owner's addresses in lower case; `now` bounds dates;
    `context`: what others sent is wanted, see `inbox`.
    """

    place: str
    me: frozenset[str]
    now: datetime
    context: bool = False

    @classmethod
    def of(cls, place: str, me: tuple[str, ...], context: bool = False) -> "Mailbox":
        mine = frozenset(address.lower() for address in me)
        return cls(place, mine, datetime.now(UTC), context)


def read_message(
    data: bytes,
    mailbox: Mailbox,
    *,
    place: str = "",
    envelope: str = "",
    whole: bool = True,
    is_answered: bool = False,
) -> Found | Skip:
    """Read a message of RFC 5322.

    `place`: "" makes it from the Message-ID; `envelope`: the date on the From_ line of an mbox;
    `whole`: False if `data` is only the first `KEPT` bytes of the message; `is_answered`: as a
    mail program marked it outside of the message.
    """
    headers, body = split(_without_envelope(data.replace(b"\r\n", b"\n")))
    place = place or f"{mailbox.place}#{message_id(headers) or sha256(data).hexdigest()[:16]}"
    mine = is_mine(headers, mailbox.me)
    if mailbox.context:
        written = _written(headers, envelope, mailbox.now)
        return read_inbox_message(headers, body, place, written, mine, is_answered)
    if not mine:
        return Skip(place, NOT_MINE)
    labels = exclusions.labels(headers)
    if against := exclusions.reason_against(headers, body, labels):
        return Skip(place, *against)
    if "x-gmail-labels" in headers and (against := gmail_labels.reason_against(labels)):
        return Skip(place, *against)
    text = body_text(headers, body).strip("\n")
    if not text.strip():
        return Skip(place, "no text" if whole else "too large")
    return Found(
        place=place,
        text=text,
        kind="mail",
        author="".join(people(headers.get("from"))[:1]),
        written=_written(headers, envelope, mailbox.now),
        recipients=people(headers.get("to")) + people(headers.get("cc")),
        subject=headers.text("subject"),
        labels=labels,
        answers=answers(headers),
    )


def is_mine(headers: Headers, me: frozenset[str]) -> bool:
    """Whether the owner wrote it: From, or Sender where somebody else's name stands in From.

    Resent-From does not count: a redirected message is in somebody else's words.
    """
    return any(
        address in me for name in ("from", "sender") for address in addresses(headers.get(name))
    )


def _without_envelope(data: bytes) -> bytes:
    """The message alone: some programs leave the From_ line of an mbox at the head of an .eml."""
    return data.partition(b"\n")[2] if data.startswith((b"From ", b">From ")) else data


def _written(headers: Headers, envelope: str, now: datetime) -> datetime | None:
    """The Date; if it is none or of an unset clock, the newest Received; else the From_ line."""
    received = headers.get("received").rpartition(";")[2].strip()
    for value in (headers.get("date"), received, envelope):
        moment = dates.from_mail(value) if value else None
        if moment and dates.clock_was_set(moment) and dates.believable(moment, now):
            return moment
    return None
