"""What a person is shown of their inboxes: the messages that wait, with the drafts there are.

Puts the rule (`microtune.waiting`) and the store together. Knows nothing of screens or engines.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from microtune.drafts import Draft
from microtune.messages import Message
from microtune.store import Store
from microtune.waiting import RECENT_DAYS, Waiting, waiting

SHOWN = 20
PREPARED = 3  # messages that an answer is drafted for unasked: the first ones
KNOWN_DAYS = 2 * 365  # whom the person wrote to since then is known to them


@dataclass(frozen=True, slots=True)
class Entry:
    """A message that waits, and the newest draft of an answer to it."""

    waiting: Waiting
    draft: Draft | None

    @property
    def message(self) -> Message:
        return self.waiting.message


@dataclass(frozen=True, slots=True)
class Today:
    """The first of the messages that wait, of `total`, out of `kept` in `inboxes` sources."""

    entries: tuple[Entry, ...]
    total: int
    kept: int
    inboxes: int


def look(store: Store, now: datetime, limit: int = SHOWN) -> Today:
    """How things stand at the moment `now`."""
    found = waiting_now(store, now)
    entries = (Entry(one, store.received.newest_draft(one.message.id)) for one in found[:limit])
    inboxes = sum(source.context for source in store.sources.all())
    return Today(tuple(entries), len(found), store.received.count(), inboxes)


def waiting_now(store: Store, now: datetime) -> tuple[Waiting, ...]:
    """All messages that wait, the first first."""
    messages = tuple(store.received.open_since(now - timedelta(RECENT_DAYS)))
    if not messages:
        return ()
    me = frozenset(address for source in store.sources.all() for address in source.me)
    known = store.documents.correspondents(now - timedelta(KNOWN_DAYS))
    return waiting(messages, me, known | store.received.answered_addresses(), now)


def unprepared(store: Store, adapter: str, base: str, now: datetime) -> tuple[Message, ...]:
    """Of the first messages that wait, those without an answer drafted by this adapter.

    `adapter`: "" for the bare base; `base`: its SHA-256.
    """
    first = (one.message for one in waiting_now(store, now)[:PREPARED])
    return tuple(m for m in first if not store.received.is_prepared(m.id, adapter, base))


def dismiss(store: Store, given: str) -> Message:
    """Say that a message needs no answer. Raises `MicrotuneError` if `given` names none."""
    with store.transaction():
        message = store.received.get(given)
        store.received.dismiss(message.id)
        return store.received.get(message.id)
