"""Forgetting: which texts a person means, and taking every trace of them out of the tables.

It begins an erasure (see `microtune.erasures`) in one transaction. What of them is in the files of
runs and in adapters is others' to erase. Texts of which nothing but a hash is left cannot be had
back.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from microtune.errors import MicrotuneError
from microtune.messages import Message
from microtune.store import Store
from microtune.traces import Traces, drafted, plain, traces_of
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
    """What was taken out. `runs` are those that saw some of it; `verdicts` are what was made of
    drafts, be they among `drafts` or not."""

    documents: int
    drafts: int
    runs: tuple[str, ...]
    source: Source | None = None
    received: int = 0
    verdicts: int = 0


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
    phrase = plain(given)
    if len(phrase) < SHORTEST_PHRASE:
        raise MicrotuneError(
            f"{given!r} is too short to search for",
            f"Give at least {SHORTEST_PHRASE} characters, a document's id, or a source.",
        )
    ids = tuple(d.id for d in store.kept.all() if phrase in plain(_everything(d)))
    received = tuple(m.id for m in store.received.all() if phrase in plain(_all_of(m)))
    if not (ids or received or any(phrase in plain(text) for text in drafted(store))):
        raise MicrotuneError(
            f"nothing that is kept contains {given!r}", "See `microtune sources list`."
        )
    return Target("phrase", given, ids, version, received=received)


def forget(store: Store, target: Target) -> Forgotten:
    """Take `target` out of every table, all of it or nothing; an erasure is then pending.

    Where the store changed since it was found, it is found anew: more may be of it now.

    Drafts that drew on it or hold it go too, with what the person made of them; a run under way
    that has seen it is ended; what it came from is not collected again, a source unless consent to
    it is given anew.
    """
    traces = _traces(store, target)  # a look at every text, for which nobody else has to wait
    with store.transaction():
        if store.version() != target.version:
            target = find_target(store, target.given)
            traces = _traces(store, target)
        runs = _end_runs(store, target.documents, traces.judged)
        store.verdicts.erase(traces.verdicts)
        store.drafts.erase(traces.drafts)
        store.unfinished.drop(traces.begun)
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
        store.ledger.append("forgotten", _facts(target, traces, runs))
    return Forgotten(
        len(target.documents),
        len(traces.drafts),
        tuple(runs),
        target.source,
        len(traces.received),
        len(traces.verdicts),
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


def _traces(store: Store, target: Target) -> Traces:
    phrase = target.given if target.kind == "phrase" else ""
    return traces_of(store, target.documents, target.received, phrase)


def _end_runs(store: Store, ids: Iterable[str], judged: Iterable[str]) -> list[str]:
    """The runs whose files or adapters may hold something of these documents, or of what was made
    of the drafts that were judged; open ones end."""
    saw, compared = store.runs.that_saw(ids), store.runs.that_saw_pairs(judged)
    opened = [id for id in {**saw, **compared} if store.runs.is_open(id)]
    for id in opened:
        store.runs.finish(id, "failed", ENDED)
    learned = [id for runs in (saw, compared) for id, did in runs.items() if did]
    return sorted({*opened, *learned})


def _facts(target: Target, traces: Traces, runs: list[str]) -> dict[str, object]:
    return {
        "what": target.kind,
        "source": target.source.id if target.source else "",
        "documents": len(target.documents),
        "digest": sha256("\n".join(sorted(target.documents)).encode()).hexdigest(),
        "received": len(traces.received),
        "drafts": len(traces.drafts),
        "verdicts": len(traces.verdicts),
        "runs": runs,
    }
