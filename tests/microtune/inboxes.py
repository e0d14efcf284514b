"""Invented received messages, for the tests of what waits for an answer."""

from datetime import UTC, datetime, timedelta

from microtune.messages import Message
from microtune.words import Incoming, Source

INBOX = Source("mbox", "/ada/inbox.mbox", ("ada@example.org",), context=True)
CONTEXT = "Read it as context only."
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ME = "ada@example.org"


def message(
    name: str, text: str = "Can you come on Friday?", hours: float = 5, **more: object
) -> Message:
    """A message from Tom to Ada, hours before `NOW`, that waits unless `more` says otherwise."""
    values: dict[str, object] = {
        "text": text,
        "source": INBOX.id,
        "place": f"inbox.mbox#{name}@example.org",
        "written": NOW - timedelta(hours=hours),
        "message_id": f"{name}@example.org",
        "name": "Tom Reed <tom@example.org>",
        "address": "tom@example.org",
        "to": (ME,),
        "subject": f"About {name}",
    }
    return Message(**{**values, **more})  # type: ignore[arg-type]


def incoming(name: str, text: str, written: datetime, **more: object) -> Incoming:
    """The same as a collector finds it."""
    values: dict[str, object] = {
        "place": f"inbox.mbox#{name}@example.org",
        "text": text,
        "kind": "mail",
        "author": "Tom Reed <tom@example.org>",
        "written": written,
        "subject": f"About {name}",
        "message_id": f"{name}@example.org",
        "address": "tom@example.org",
        "to": (ME,),
    }
    return Incoming(**{**values, **more})  # type: ignore[arg-type]
