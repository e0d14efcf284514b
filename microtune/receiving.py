"""From a message as a collector read it in an inbox to what is kept of it, or why nothing is.

Knows nothing of the store.
"""

from datetime import datetime

from microtune.curation.normalise import clip, normalise
from microtune.curation.own_words import read_mail
from microtune.curation.secrets import mask
from microtune.messages import KEPT_DAYS, Message, oldest_kept
from microtune.words import Incoming, Skip

LONGEST = 20_000  # characters of a message that are kept
LONGEST_READ = 200_000  # and that are looked through for the sender's own words
LONGEST_FIELD, MOST_ADDRESSEES = 500, 100  # of its header: characters, entries

NO_TEXT, TOO_OLD = "no text", f"older than {KEPT_DAYS} days"


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
        name=found.author[:LONGEST_FIELD],
        address=found.address[:LONGEST_FIELD],
        reply_to=found.reply_to[:LONGEST_FIELD],
        to=found.to[:MOST_ADDRESSEES],
        subject=mask(found.subject[:LONGEST_FIELD]).text,
        bulk=found.bulk,
        answered_at=now if found.is_answered else None,
    )


def senders_words(text: str, subject: str = "") -> str:
    """A message without what its sender quotes, signs and appends; one that only hands another
    message on is that message."""
    body = normalise(text[:LONGEST_READ])
    return read_mail(body, subject).own or body.strip()
