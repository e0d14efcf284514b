"""A mail message in an inbox: what somebody sent to the person, or that the person answered it.

For sources that are context only. Nothing here raises. Knows nothing of mailboxes' formats.
"""

from datetime import datetime

from microtune.words import Answers, Incoming, Skip
from microtune_collectors import bulk, exclusions, gmail_labels
from microtune_collectors.headers import Headers, addresses, people
from microtune_collectors.message_ids import answers, message_id, thread
from microtune_collectors.mime import body_text

_MOZILLA_REPLIED = 0x0002  # X-Mozilla-Status


def read_inbox_message(
    headers: Headers,
    body: bytes,
    place: str,
    written: datetime | None,
    mine: bool,
    is_answered: bool,
) -> Incoming | Skip:
    """`mine`: the person sent it; `is_answered`: as a mail program marked it elsewhere."""
    labels = exclusions.labels(headers)
    if against := _against(headers, body, labels):
        return Skip(place, *against)
    if mine:
        return Answers(place, answers=answers(headers), written=written)
    text = body_text(headers, body).strip("\n")
    if not text.strip():
        return Skip(place, "no text")
    senders = people(headers.get("from"))
    return Incoming(
        place=place,
        text=text,
        kind="mail",
        author=senders[0] if senders else "",
        written=written,
        recipients=people(headers.get("to")) + people(headers.get("cc")),
        subject=headers.text("subject"),
        labels=labels,
        answers=thread(headers),
        message_id=message_id(headers),
        address="".join(addresses(headers.get("from"))[:1]),
        reply_to="".join(people(headers.get("reply-to"))[:1]),
        to=_addressees(headers),
        bulk=bulk.reason(headers),
        is_answered=is_answered or _is_marked(headers),
    )


def _against(headers: Headers, body: bytes, labels: tuple[str, ...]) -> tuple[str, str] | None:
    """Why not even its owner is shown this (reason, detail), or None."""
    if against := exclusions.reason_against(headers, body, labels):
        return against
    found = gmail_labels.reason_against(labels) if "x-gmail-labels" in headers else None
    return None if found == gmail_labels.NOT_SENT else found


def _addressees(headers: Headers) -> tuple[str, ...]:
    """The addresses in To, each once."""
    entries = (entry for value in headers.all("to") for entry in people(value))
    return tuple(dict.fromkeys("".join(addresses(entry)[:1]) for entry in entries if entry))


def _is_marked(headers: Headers) -> bool:
    """Whether a mail program wrote into its mbox that it was answered."""
    if "A" in headers.get("status") + headers.get("x-status"):
        return True
    try:
        return bool(int(headers.get("x-mozilla-status") or "0", 16) & _MOZILLA_REPLIED)
    except ValueError:
        return False
