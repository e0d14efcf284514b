"""Where texts left traces beside themselves: in drafts, in what was made of them, in messages.

Knows nothing of how a person names what is to be forgotten, and changes nothing.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from microtune.drafts import Draft
from microtune.shingles import Shingles
from microtune.store import Store
from microtune.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Traces:
    """`drafts`; `verdicts` on these or on others, and all drafts that were so `judged`; rooms of
    the assistant in which something is `begun`; and others' messages, be they kept as what the
    documents `quoting` answer or as `received`."""

    drafts: tuple[str, ...]
    verdicts: tuple[int, ...]
    judged: tuple[str, ...]
    begun: tuple[str, ...]
    quoting: tuple[str, ...]
    received: tuple[str, ...]


def traces_of(
    store: Store, documents: Collection[str], received: Collection[str], phrase: str
) -> Traces:
    """The traces of these documents and received messages, which count among `received`, and of
    `phrase`, "" for none: what holds it, or a run of words of theirs, or was drafted from them."""
    ids = frozenset(documents)
    own = (store.documents.get(id).text for id in ids)
    theirs = (store.received.get(id).text for id in received)
    named = _Named(Shingles([*own, *theirs]), plain(phrase))
    messages = {m.id for m in store.received.all() if named.shingles.within(m.text)}
    messages |= set(received)
    tied = (draft for id in messages for draft in store.received.drafts_of(id))
    drafts = frozenset({*_drafts_with(store, ids, named), *tied})
    verdicts = tuple(_verdicts_with(store, drafts, named))
    answered = ((id, text) for id, text in store.kept.answered() if id not in ids)
    return Traces(
        drafts=tuple(drafts),
        verdicts=tuple(verdict.number for verdict in verdicts),
        judged=tuple({*drafts, *(verdict.draft for verdict in verdicts)}),
        begun=tuple(
            room
            for room, text in store.unfinished.all()
            if named.within(text) or any(draft in text for draft in drafts)
        ),
        quoting=tuple(id for id, text in answered if named.shingles.within(text)),
        received=tuple(sorted(messages)),
    )


def drafted(store: Store) -> Iterator[str]:
    """All texts that came about in drafting, finished or not."""
    yield from (_said(draft) for draft in store.drafts.all())
    yield from (verdict.text for verdict in store.verdicts.all())
    yield from (text for _, text in store.unfinished.all())


def plain(text: str) -> str:
    """A text as phrases are looked for in it: in any case, over line ends."""
    return " ".join(text.casefold().split())


@dataclass(frozen=True, slots=True)
class _Named:
    """What is looked for in texts."""

    shingles: Shingles
    phrase: str

    def within(self, text: str) -> bool:
        mentioned = bool(self.phrase) and self.phrase in plain(text)
        return mentioned or self.shingles.within(text)


def _drafts_with(store: Store, ids: Collection[str], named: _Named) -> Iterator[str]:
    for draft in store.drafts.all():
        drew = any(passage.document in ids for passage in draft.retrieved)
        if drew or named.within(_said(draft)):
            yield draft.id


def _verdicts_with(store: Store, drafts: Collection[str], named: _Named) -> Iterator[Verdict]:
    for verdict in store.verdicts.all():
        if verdict.draft in drafts or verdict.over in drafts or named.within(verdict.text):
            yield verdict


def _said(draft: Draft) -> str:
    """All that was asked and answered."""
    return "\n".join((draft.text, *map(str, draft.request.values())))
