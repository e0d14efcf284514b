"""Messages that the person received, as an inbox holds them: context to answer, never to train on.

A frozen value; `microtune.receiving` makes it. Knows nothing of the store.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from microtune.words import content_id

KEPT_DAYS = 60  # since a message was written; older ones are not taken, and erased


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
