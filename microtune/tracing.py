"""Where a draft comes from, as far as that is known: the own passages that its prompt held.

It says which they were, what they have in common with the draft or with a part of it, and how much
was copied word for word. It does not say what a passage brought about: words may be common to
both by chance, or because the request had them. Knows nothing of screens and models.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from microtune.drafts import Draft
from microtune.errors import MicrotuneError
from microtune.passages import locate, split_into_passages
from microtune.phrases import Phrase, own_phrases, phrases_with
from microtune.retrieval import STOP_WORDS
from microtune.sentences import Span, sentences_of
from microtune.store import Store
from microtune.terms import Stemmer, Term
from microtune.words import Document, Passage

LAST = "last"  # names the newest draft

State = Literal["in use", "replaced", "withdrawn", "forgotten"]


@dataclass(frozen=True, slots=True)
class Part:
    """What of a draft is looked at: `draft.text[start:end]`, in characters."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Common:
    """A telling word of the part that a passage has too, in whatever form: the same stem.

    `in_draft` counts characters of the draft's text, `in_passage` those of the passage's.
    """

    word: str
    stem: str
    in_draft: tuple[Span, ...]
    in_passage: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """A retrieved passage, and what it has in common with the part.

    `state` is that of its document now: "in use"; "replaced", since a newer text lies at its place
    or nothing does; "withdrawn" with the consent to its source; "forgotten", of which only the id
    is left. `score` is BM25's at the time of the draft; higher is nearer. `asked` are words
    that it has in common with the request, for which it was found.
    """

    document: str
    position: int
    score: float
    state: State
    passage: str = ""
    source: str = ""
    place: str = ""
    recipients: tuple[str, ...] = ()
    subject: str = ""
    written: datetime | None = None
    asked: tuple[str, ...] = ()
    common: tuple[Common, ...] = ()
    phrases: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """What is known of where a part of a draft comes from.

    `phrases` are the runs of words in the part that stand in any own text in use. `copied` is the
    longest run of words that the part has in common with a text that was drawn on, None where that
    is less than three words.
    """

    draft: Draft
    part: Part
    origins: tuple[Origin, ...]
    phrases: tuple[Phrase, ...]
    copied: Phrase | None


def find_draft(store: Store, given: str) -> Draft:
    """The draft with this id or beginning of an id; "last" is the newest.

    Raises `MicrotuneError` if it is not just one.
    """
    if given.strip().casefold() != LAST:
        return store.drafts.get(given)
    for draft in store.drafts.newest(1):
        return draft
    raise MicrotuneError("there is no draft yet", 'Make one: microtune write "Thank Ana".')


def whole(draft: Draft) -> Part:
    """All of a draft."""
    return Part(draft.text, 0, len(draft.text))


def sentence(draft: Draft, number: int) -> Part:
    """One sentence, the first of which is 1. Raises `MicrotuneError` if it has fewer."""
    spans = sentences_of(draft.text)
    if not 1 <= number <= len(spans):
        count = f"{len(spans)} sentence{'' if len(spans) == 1 else 's'}"
        raise MicrotuneError(f"the draft has {count}", "Count from 1, or quote it with --text.")
    start, end = spans[number - 1]
    return Part(draft.text[start:end], start, end)


def quoted(draft: Draft, text: str) -> Part:
    """The first place where it says this, whatever the white space between words.

    Raises `MicrotuneError` if it does not say so.
    """
    span = locate(text.strip(), draft.text)
    if span is None:
        raise MicrotuneError(
            f"the draft does not say {text!r}", "Give words of it as they stand there."
        )
    return Part(draft.text[span[0] : span[1]], *span)


def trace(store: Store, draft: Draft, part: Part | None = None) -> Trace:
    """What is known of where `part` of a draft comes from; None is all of it.

    Raises `MicrotuneError` where the store cannot be read.
    """
    part = part or whole(draft)
    with Stemmer() as stemmer:
        seen = _Seen(store, draft, part, stemmer)
        origins = tuple(seen.origin(passage) for passage in draft.retrieved)
    return Trace(
        draft,
        part,
        origins,
        phrases=tuple(own_phrases(store.retrieval, part.text, part.start)),
        copied=_copied(store, part, draft),
    )


class _Seen:
    """A part of a draft, to which passages are held."""

    def __init__(self, store: Store, draft: Draft, part: Part, stemmer: Stemmer) -> None:
        self._store, self._part, self._stemmer = store, part, stemmer
        asked = (str(value) for key, value in draft.request.items() if key != "command")
        self._asked = self._by_stem(" ".join(asked))
        self._words = self._by_stem(part.text)

    def origin(self, passage: Passage) -> Origin:
        state = _state(self._store, passage.document)
        if state == "forgotten":
            return Origin(passage.document, passage.position, passage.score, state)
        document = self._store.documents.get(passage.document)
        text = self._text(document, passage.position)
        found = self._by_stem(text)
        return Origin(
            passage.document,
            passage.position,
            passage.score,
            state,
            passage=text,
            source=document.source,
            place=document.place,
            recipients=document.recipients,
            subject=document.subject,
            written=document.written,
            asked=tuple(_word(text, found[stem]) for stem in self._asked if stem in found),
            common=tuple(self._common(found)),
            phrases=phrases_with(self._part.text, text, document.id, self._part.start),
        )

    def _text(self, document: Document, position: int) -> str:
        """The passage, cut again where its document is out of use."""
        live = self._store.retrieval.passage(document.id, position)
        if live is not None:
            return live.text
        return dict(enumerate(split_into_passages(document.text))).get(position, "")

    def _common(self, found: Mapping[str, list[Term]]) -> Iterator[Common]:
        start = self._part.start
        for stem, terms in self._words.items():
            if stem in found:
                yield Common(
                    word=_word(self._part.text, terms),
                    stem=stem,
                    in_draft=tuple((start + term.start, start + term.end) for term in terms),
                    in_passage=tuple((term.start, term.end) for term in found[stem]),
                )

    def _by_stem(self, text: str) -> dict[str, list[Term]]:
        """Where its telling words stand."""
        found: dict[str, list[Term]] = {}
        for term in self._stemmer.terms(text):
            word = text[term.start : term.end].casefold()
            if len(word) > 1 and word not in STOP_WORDS:
                found.setdefault(term.stem, []).append(term)
        return found


def _word(text: str, terms: list[Term]) -> str:
    return text[terms[0].start : terms[0].end]


def _state(store: Store, document_id: str) -> State:
    known = store.documents.provenance(document_id)
    if known is None:
        return "forgotten"  # nothing else deletes a text
    if known.superseded_at is None:
        return "in use"
    consented = {source.id for source in store.sources.all()}
    return "replaced" if store.documents.get(document_id).source in consented else "withdrawn"


def _copied(store: Store, part: Part, draft: Draft) -> Phrase | None:
    """The longest run, looked for in the whole of each text that was drawn on and is kept."""
    found: list[Phrase] = []
    for document in dict.fromkeys(passage.document for passage in draft.retrieved):
        if store.documents.provenance(document) is not None:
            text = store.documents.get(document).text
            found += phrases_with(part.text, text, document, part.start)
    return max(found, key=lambda phrase: phrase.words, default=None)
