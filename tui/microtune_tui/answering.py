"""Answers to received messages of the store: what is asked of the model, and drafts made unasked.

Knows nothing of screens and commands.
"""

from collections.abc import Callable
from datetime import datetime

from microtune.contracts import Sampling
from microtune.drafts import Draft
from microtune.messages import Message
from microtune.store import Store
from microtune.today import unprepared
from microtune_adapters.drafting import Drafter, Request, most_tokens

CANCELLED = "cancelled"


def request_for(message: Message, about: str = "", words: int = 0) -> Request:
    """What answering a message asks for."""
    return Request("reply", about, message.text, message.name, message.subject, words)


def record(store: Store, draft: Draft, message: Message, prepared: bool = False) -> Draft:
    """Keep a draft as an answer to a message. Raises `MicrotuneError` if that is gone by now."""
    with store.transaction():
        kept = store.drafts.record(draft)
        store.received.tie(kept.id, store.received.get(message.id).id, prepared)
    return kept


def prepare(
    drafter: Drafter, store: Store, now: datetime, stop: Callable[[], bool]
) -> tuple[Draft, ...]:
    """Draft answers to the first messages that wait and have none by the active adapter.

    What is under way when `stop()` turns true is left out; what was drafted before is kept.
    """
    adapter = drafter.choose(None)
    made: list[Draft] = []
    for message in unprepared(store, adapter, drafter.engine.base_sha256, now):
        draft = _drafted(drafter, message, adapter, stop)
        if draft is None:
            break
        made.append(record(store, draft, message, prepared=True))
    return tuple(made)


def _drafted(
    drafter: Drafter, message: Message, adapter: str, stop: Callable[[], bool]
) -> Draft | None:
    """The draft, or None if it was stopped."""
    if stop():
        return None

    def follow(piece: str) -> None:
        if stop():
            drafter.engine.cancel()

    request = request_for(message)
    draft = drafter.draft(request, adapter, Sampling(max_tokens=most_tokens(0)), follow)
    return None if draft.generated.finish == CANCELLED else draft
