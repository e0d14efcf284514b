"""Forgetting: which texts a person means, and taking every trace of them out of the tables.

It begins an erasure (see `microtune.erasures`) in one transaction. What of them is in the files of
runs and in adapters is others' to erase. Texts of which nothing but a hash is left cannot be had
back.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from microtune.drafts import Draft
from microtune.errors import MicrotuneError
from microtune.messages import Message
from microtune.shingles import Shingles
from microtune.store import Store
from microtune.words import Document, Source

SHORTEST_PHRASE = 3  # characters
_DOCUMENT_ID = re.compile(r"[0-9a-f]{8,64}")  # shorter ones are words too: "dead", "facade"
ENDED = "some of its texts were forgotten"


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be forgotten: all of a `source`, or documents with all their versions.

    It is what stood in the store at this `version` of it. `received`: messages of others.
    """

    kind: Literal["source", "document", "message", "phrase"]
    given: str
    documents: tuple[str, ...]
    version: int
    source: Source | None = None
    received: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was taken out. `runs` are those that saw some of it."""

    documents: int
    drafts: int
    runs: tuple[str, ...]
    source: Source | None = None
    received: int = 0


@dataclass(frozen=True, slots=True)
class _Traces:
    """Where a target left traces beside its documents: in `drafts`, and in others' messages, be
    they kept as what the documents `quoting` answer or as `received` (with the target's own)."""

    target: Target
    drafts: tuple[str, ...]
    quoting: tuple[str, ...]
    received: tuple[str, ...]


def find_target(store: Store, given: str) -> Target:
    """What `given` names: a source by its place or id, a document or received message by at least
    8 digits of its id, or else every text that it stands in, whatever its case.

    A text counts with its subject, its author, those it went to, and the message that it answers.
    Raises `MicrotuneError` where that is nothing, and where two sources are at one place.
    """
    version = store.version()
    source = _source(store, given)
    if source:
        messages = store.received.of_source(source.id)
        documents = store.kept.of_source(source.id)
        return Target("source", given, documents, version, source, messages)
    one = _document(store, given)
    if one:
        versions = store.kept.versions(one.source, one.place)
        return Target("document", given, versions, version)
    message = _received(store, given)
    if message:
        return Target("message", given, (), version, received=(message.id,))
    phrase = _plain(given)
    if len(phrase) < SHORTEST_PHRASE:
        raise MicrotuneError(
            f"{given!r} is too short to search for",
            f"Give at least {SHORTEST_PHRASE} characters, a document's id, or a source.",
        )
    ids = tuple(d.id for d in store.kept.all() if phrase in _plain(_everything(d)))
    received = tuple(m.id for m in store.received.all() if phrase in _plain(_all_of(m)))
    drafts = any(_mentions(_said(draft), phrase) for draft in store.drafts.all())
    if not (ids or received or drafts):
        raise MicrotuneError(
            f"nothing that is kept contains {given!r}", "See `microtune sources list`."
        )
    return Target("phrase", given, ids, version, received=received)


def forget(store: Store, target: Target) -> Forgotten:
    """Take `target` out of every table, all of it or nothing; an erasure is then pending.

    Where the store changed since it was found, it is found anew: more may be of it now.

    Drafts that drew on it or hold it go too; a run under way that has seen it is ended; what it
    came from is not collected again, a source unless consent to it is given anew.
    """
    traces = _traces(store, target)  # a look at every text, for which nobody else has to wait
    with store.transaction():
        if store.version() != target.version:
            traces = _traces(store, find_target(store, target.given))
        target = traces.target
        runs = _end_runs(store, target.documents)
        store.drafts.erase(traces.drafts)
        store.kept.drop_answered(traces.quoting)
        if target.source is None:
            places = [(d.source, d.place) for d in map(store.documents.get, target.documents)]
            places += [(m.source, m.place) for m in map(store.received.get, traces.received)]
            store.erasures.bar((*target.documents, *traces.received), places)
        store.received.erase(traces.received)
        store.kept.erase(target.documents)
        if target.source:
            store.sources.erase(target.source.id)
            store.marks.clear()  # another source may hold texts skipped as duplicates of these
        store.erasures.begin(runs)
        store.ledger.append("forgotten", _facts(traces, runs))
    return Forgotten(
        len(target.documents),
        len(traces.drafts),
        tuple(runs),
        target.source,
        len(traces.received),
    )


def _source(store: Store, given: str) -> Source | None:
    """By its whole id only: the beginning of one may be a word that is searched for."""
    found = [s for s in store.sources.known() if given in (s.place, s.id)]
    if len(found) > 1:
        ids = " or ".join(f"{s.id}{' (context only)' * s.context}" for s in found)
        raise MicrotuneError(f"there are two sources at {given}", f"Say which: {ids}.")
    return found[0] if found else None


def _document(store: Store, given: str) -> Document | None:
    if not _DOCUMENT_ID.fullmatch(given.strip().lower()):
        return None
    try:
        return store.documents.get(given)
    except MicrotuneError:
        return None


def _received(store: Store, given: str) -> Message | None:
    if not _DOCUMENT_ID.fullmatch(given.strip().lower()):
        return None
    try:
        return store.received.get(given)
    except MicrotuneError:
        return None


def _all_of(message: Message) -> str:
    parts = (message.text, message.subject, message.name, message.address, message.reply_to)
    return "\n".join((*parts, *message.to))


def _everything(document: Document) -> str:
    parts = (document.text, document.subject, document.answered, document.author)
    return "\n".join((*parts, *document.recipients, *document.labels))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _mentions(text: str, phrase: str) -> bool:
    return phrase in _plain(text)


def _said(draft: Draft) -> str:
    """All that was asked and answered."""
    return "\n".join((draft.text, *map(str, draft.request.values())))


def _traces(store: Store, target: Target) -> _Traces:
    ids = frozenset(target.documents)
    own = (store.documents.get(id).text for id in target.documents)
    theirs = [store.received.get(id).text for id in target.received]
    shingles = Shingles([*own, *theirs])
    received = {m.id for m in store.received.all() if shingles.within(m.text)}
    received |= set(target.received)
    tied = (draft for id in received for draft in store.received.drafts_of(id))
    answered = ((id, text) for id, text in store.kept.answered() if id not in ids)
    return _Traces(
        target,
        drafts=tuple({*_drafts_with(store, target, shingles), *tied}),
        quoting=tuple(id for id, text in answered if shingles.within(text)),
        received=tuple(sorted(received)),
    )


def _drafts_with(store: Store, target: Target, shingles: Shingles) -> Iterator[str]:
    ids, phrase = frozenset(target.documents), _plain(target.given)
    for draft in store.drafts.all():
        text = _said(draft)
        named = target.kind == "phrase" and _mentions(text, phrase)
        drew = any(passage.document in ids for passage in draft.retrieved)
        if named or drew or shingles.within(text):
            yield draft.id


def _end_runs(store: Store, ids: Iterable[str]) -> list[str]:
    """The runs whose files or adapters may hold something of these documents; open ones end."""
    learned = store.runs.that_saw(ids)
    opened = [id for id in learned if store.runs.is_open(id)]
    for id in opened:
        store.runs.finish(id, "failed", ENDED)
    return sorted({*opened, *(id for id, did in learned.items() if did)})


def _facts(traces: _Traces, runs: list[str]) -> dict[str, object]:
    target = traces.target
    return {
        "what": target.kind,
        "source": target.source.id if target.source else "",
        "documents": len(target.documents),
        "digest": sha256("\n".join(sorted(target.documents)).encode()).hexdigest(),
        "received": len(traces.received),
        "drafts": len(traces.drafts),
        "runs": runs,
    }
