"""An inbox for the assistant's tests: two received messages, one of which asks something."""

from datetime import datetime, timedelta

from microtune.messages import Message
from microtune.words import Source
from microtune_tui.wiring import Wiring

ASKS = "Could you tell me before Tuesday whether the roof is mended? The rain comes in."
THANKS = "Thank you for the plums. They were eaten before the jar was closed."


def with_inbox(wiring: Wiring, now: datetime) -> Wiring:
    """The home with the messages, which came in the hours before `now`."""
    source = Source("mbox", "/inbox", ("ada@example.org",), context=True)
    with wiring.store() as store:
        store.sources.add(source, "test")
        for number, (subject, text) in enumerate((("The roof", ASKS), ("Plums", THANKS))):
            store.received.put(
                Message(
                    text=text,
                    source=source.id,
                    place=str(number),
                    written=now - timedelta(hours=number),
                    message_id=f"{number}@example.org",
                    name="Tom Reed <tom@example.org>",
                    address="tom@example.org",
                    to=("ada@example.org",),
                    subject=subject,
                )
            )
    return wiring
