"""Answers a question about a person's own writing with quotes from it, or with nothing.

Nothing is generated: an answer is sentences of a document, found by their words. Whose words: the
person's own. A message that they answered helps to find what they answered, and is told apart from
it. Knows nothing of screens and engines.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from microtune.asked_time import Time
from microtune.passages import locate
from microtune.questions import Question, Word, parse_question
from microtune.quoting import Match, Quote, Quoting
from microtune.sentences import Span
from microtune.store import Store
from microtune.terms import Stemmer
from microtune.words import Document, Passage

ENOUGH = 0.55  # the least score of an answer; docs/benchmarks.md, "Asking", says why
FEWEST = 2  # telling words, names included, that an answer meets where there are as many
CANDIDATES = 40  # passages looked at closely, of each kind of search
CLOSE = 0.1  # what words count that stand together as in the question, beside the score
BROAD = 3  # words that the second, slower search goes by


@dataclass(frozen=True, slots=True)
class Answer:
    """One quote with its source. Spans count characters of the document's text.

    `quote` is `text[start:end]`, and `passage` around it is `text[passage_start:passage_end]`.
    `score` is from `ENOUGH` to 1. `in_answer_to` is somebody else's sentence that helped to find
    it, "" where none did.
    """

    document: str
    quote: str
    start: int
    end: int
    passage: str
    passage_start: int
    passage_end: int
    source: str
    place: str
    recipients: tuple[str, ...]
    subject: str
    written: datetime | None
    matches: tuple[Match, ...]
    score: float
    in_answer_to: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of a question: the best answer first, none where nothing is near enough.

    `unknown` are words of the question that no own text holds, nor a subject or a recipient.
    """

    question: Question
    answers: tuple[Answer, ...]
    unknown: tuple[str, ...] = ()


@dataclass(slots=True)
class _Search:
    """One question on its way to its answers."""

    store: Store
    question: Question
    stemmer: Stemmer
    enough: float
    weights: dict[str, float] = field(default_factory=dict)
    nowhere: set[str] = field(default_factory=set)
    then: set[str] | None = None  # what was written at the time that is asked for


def ask(
    store: Store,
    question: str,
    limit: int = 3,
    today: date | None = None,
    enough: float = ENOUGH,
) -> Answers:
    """Up to `limit` quotes of as many documents that answer `question`.

    `today` is the day that "last year" counts from; `enough` the least score of an answer. No
    question is wrong; one without a word has no answers. Raises `MicrotuneError` where the store
    cannot be read.
    """
    with Stemmer() as stemmer:
        parsed = parse_question(question, today or datetime.now().astimezone().date(), stemmer)
        search = _Search(store, parsed, stemmer, enough)
        if limit <= 0 or not (parsed.words or parsed.time):
            return Answers(parsed, ())
        _weigh(search)
        answers = _answers(search, _candidates(search)) or _answers(
            search, _more_candidates(search)
        )
    unknown = tuple(word.typed for word in parsed.telling if word.stem in search.nowhere)
    return Answers(parsed, tuple(answers[:limit]), unknown)


def _weigh(search: _Search) -> None:
    """The weight of each word: how few of the passages hold it (as BM25 has it)."""
    retrieval = search.store.retrieval
    count = retrieval.count()
    for word in search.question.words:
        held = retrieval.holding(word.typed)
        search.weights[word.stem] = math.log(1 + (count - held + 0.5) / (held + 0.5))
        if not held:
            search.nowhere.add(word.stem)


def _candidates(search: _Search) -> dict[str, Passage]:
    """By document: its passage nearest to the question."""
    question, near = search.question, search.store.retrieval.nearest
    text = " ".join([word.typed for word in question.words] + list(_said(question)))
    found = {passage.document: passage for passage in near(text, CANDIDATES)}
    bounds = [set(ids) for ids in _named(search, question.words)]
    if question.time:
        search.then = set(search.store.circumstances.written(question.time))
        bounds.append(search.then)
    # everything asked for at once, then each by itself
    together = [set.intersection(*bounds)] if len(bounds) > 1 else []
    for ids in (*together, *bounds):
        for passage in _within(search, text, ids):
            found.setdefault(passage.document, passage)
    return found


def _said(question: Question) -> tuple[str, ...]:
    return question.time.said if question.time else ()


def _named(search: _Search, words: Iterable[Word]) -> Iterator[list[str]]:
    """The documents to, or about, each name and each word that no text holds."""
    for word in words:
        if word.name or word.stem in search.nowhere:
            ids = search.store.circumstances.naming(word.typed)
            if ids:
                search.nowhere.discard(word.stem)
                yield ids


def _more_candidates(search: _Search) -> dict[str, Passage]:
    """By subjects, and by the messages that were answered: slower, where nothing was found."""
    question, circumstances = search.question, search.store.circumstances
    rarest = sorted(question.telling, key=lambda word: -search.weights[word.stem])[:BROAD]
    if not rarest or (search.then is not None and not search.then and not _said(question)):
        return {}  # nothing was written at that time
    text = " ".join(word.typed for word in question.words)
    ids = set(
        circumstances.around(
            [word.typed for word in rarest], [_beginning(word) for word in rarest[:2]]
        )
    )
    if search.then is not None and not _said(question):
        ids &= search.then
    return {passage.document: passage for passage in _within(search, text, ids)}


def _within(search: _Search, text: str, ids: set[str]) -> Iterator[Passage]:
    """The nearest passages of these documents; of those that hold no word of it, the first."""
    retrieval = search.store.retrieval
    found = retrieval.nearest(text, CANDIDATES, only=ids) if ids else []
    yield from found
    rest = sorted(ids - {passage.document for passage in found})
    for document in rest[: CANDIDATES - len(found)]:
        first = retrieval.passage(document, 0)
        if first is not None:
            yield first


def _beginning(word: Word) -> str:
    """What a word has in common with its stem: its other forms begin like it."""
    plain = word.typed.casefold()
    same = next((i for i, c in enumerate(word.stem) if plain[i : i + 1] != c), len(word.stem))
    return plain[: max(same, 3)]


def _answers(search: _Search, candidates: Mapping[str, Passage]) -> list[Answer]:
    """Those that are near enough, the best first; of equals the newest."""
    found: list[tuple[tuple[float, float, float], Answer]] = []
    quoting = Quoting(search.question, search.weights, search.stemmer)
    for document, span in _read(search, candidates):
        quote = quoting.quote(document, span)
        if quote and _is_answer(search, document, span, quote):
            answer = _answer(document, span, quote)
            when = document.written.timestamp() if document.written else -math.inf
            found.append(((quote.score + CLOSE * quote.closeness, quote.score, when), answer))
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [answer for _, answer in found]


def _read(search: _Search, candidates: Mapping[str, Passage]) -> list[tuple[Document, Span]]:
    """The documents of these passages, and where in their texts the passages lie."""
    documents = [search.store.documents.get(id) for id in candidates]
    search.stemmer.read(text for d in documents for text in (candidates[d.id].text, d.subject))
    spans = (
        (document, locate(candidates[document.id].text, document.text)) for document in documents
    )
    return [(document, span) for document, span in spans if span]


def _is_answer(search: _Search, document: Document, span: Span, quote: Quote) -> bool:
    question, met = search.question, {match.word for match in quote.matches}
    if any(name.typed not in met for name in question.names):
        return False
    if question.time and not _is_of(search, question.time, document, span):
        return False
    telling = sum(word.typed in met for word in question.telling)
    return quote.score >= search.enough and telling >= min(FEWEST, len(question.telling))


def _is_of(search: _Search, time: Time, document: Document, span: Span) -> bool:
    """Whether it was written then, or speaks of it."""
    if time.holds(document.written):
        return True
    said = {search.stemmer.stem(word) for word in time.said}
    terms = search.stemmer.terms(document.text[slice(*span)])
    return bool(said) and said <= {term.stem for term in terms}


def _answer(document: Document, span: Span, quote: Quote) -> Answer:
    start, end = span
    return Answer(
        document=document.id,
        quote=document.text[quote.start : quote.end],
        start=quote.start,
        end=quote.end,
        passage=document.text[start:end],
        passage_start=start,
        passage_end=end,
        source=document.source,
        place=document.place,
        recipients=document.recipients,
        subject=document.subject,
        written=document.written,
        matches=quote.matches,
        score=round(quote.score, 3),
        in_answer_to=quote.answered,
    )
