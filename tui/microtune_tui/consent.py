"""Consent to a source: the words that its owner agrees to, and the source that they are about."""

from collections.abc import Sequence
from dataclasses import replace

from microtune.errors import MicrotuneError
from microtune.messages import KEPT_DAYS
from microtune.store import Store
from microtune.words import Source
from microtune_collectors.registry import open_source


def words(source: Source) -> str:
    """What the owner agrees to, as the ledger keeps it."""
    if source.kind == "browser":
        return f"Read titles and hosts of the pages in {source.place}; never train on them."
    if source.context:
        return (
            f"Read {source.place} as context only: keep messages that its owner received there for"
            f" {KEPT_DAYS} days, to show them and to draft answers, and see which ones were"
            " answered; never train on them, never count or search them as its owner's texts."
        )
    return f"Read {source.place} and train on what its owner wrote there."


def give(store: Store, source: Source) -> str:
    """Record that the owner agrees; the hash of the ledger's line."""
    return store.sources.add(source, words(source))


def own_addresses(store: Store) -> tuple[str, ...]:
    """The mail addresses that are the owner's in any source."""
    return tuple(name for source in store.sources.all() for name in source.me if "@" in name)


def inbox(
    place: str, kind: str | None, me: tuple[str, ...] = (), mine: Sequence[str] = ()
) -> Source:
    """A source that is context only. Without `me` the owner's addresses elsewhere, `mine`, count
    as well. Raises `MicrotuneError`."""
    if me:
        return open_source(place, kind, me, context=True)
    try:
        source = open_source(place, kind, context=True)
    except MicrotuneError:
        if not mine:
            raise
        source = open_source(place, kind, tuple(mine), context=True)
    return replace(source, me=tuple(dict.fromkeys([*source.me, *mine])))
