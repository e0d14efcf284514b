"""Messages that the person received, as an inbox holds them: context to answer, never to train on.

From what a collector read to what is kept of it. Knows nothing of the store.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from microtune.curation.normalise import clip, normalise
from microtune.curation.own_words import read_mail
from microtune.curation.secrets import mask
from microtune.words import Incoming, Skip, content_id

KEPT_DAYS = 60  # since a message was written; older ones are not taken, and erased
LONGEST = 20_000  # characters of a message that are kept
LONGEST_READ = 200_000  # and that are looked through for the sender's own words

NO_TEXT, TOO_OLD = "no text", f"older than {KEPT_DAYS} days"


@dataclass(frozen=True, slots=True)
class Message:
    """A received message. `text` is the sender's own words; `to` and `address` are in lower case.

    `bulk`: why nobody waits for an answer, "" where somebody may. The moments of being answered
    and dismissed are None while it is neither.
    """

    text: str
    source: str  # Source.id
    place: str
    written: datetime  # or, where the message does not say, when it was collected
    message_id: str = ""
    references: tuple[str, ...] = ()  # Message-IDs of the thread before it, the oldest first
    name: str = ""  # the sender's as the header has it: `Tom Reed <tom@example.org>`
    address: str = ""
    reply_to: str = ""  # where answers go, if elsewhere
    to: tuple[str, ...] = ()
    subject: str = ""
    bulk: str = ""
    answered_at: datetime | None = None
    dismissed_at: datetime | None = None
    id: str = field(init=False)

    def __post_init__(self) -> None:
        parts = (self.message_id, self.address, self.subject, self.text)
        object.__setattr__(self, "id", content_id("\0".join(parts)))


def oldest_kept(now: datetime) -> datetime:
    """The moment before which no message is kept."""
    return now - timedelta(days=KEPT_DAYS)


def message_of(source_id: str, found: Incoming, now: datetime) -> Message | Skip:
    """What to keep of a message: its sender's own words, with secrets masked as in curation."""
    if found.written and found.written < oldest_kept(now):
        return Skip(found.place, TOO_OLD)
    text = mask(senders_words(found.text, found.subject)).text
    if not text:
        return Skip(found.place, NO_TEXT)
    return Message(
        text=clip(text, LONGEST),
        source=source_id,
        place=found.place,
        written=min(found.written or now, now),
        message_id=found.message_id,
        references=found.answers,
        name=found.author,
        address=found.address,
        reply_to=found.reply_to,
        to=found.to,
        subject=mask(found.subject).text,
        bulk=found.bulk,
        answered_at=now if found.is_answered else None,
    )


def senders_words(text: str, subject: str = "") -> str:
    """A message without what its sender quotes, signs and appends; one that only hands another
    message on is that message."""
    body = normalise(text[:LONGEST_READ])
    return read_mail(body, subject).own or body.strip()
