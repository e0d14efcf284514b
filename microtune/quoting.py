"""The sentences of a passage that answer a question best, and how well: a share of its words.

A word of the question counts by its rarity, and the more the nearer to the quoted sentences it is
met. Knows nothing of how passages are found.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from microtune.questions import Question, Word
from microtune.sentences import Span, sentences_of
from microtune.terms import Stemmer
from microtune.words import Document

Where = Literal["quote", "passage", "recipients", "subject", "answered"]

# What a word of the question counts where it is met elsewhere than in the sentences quoted.
COUNTS: dict[Where, float] = {
    "quote": 1.0,
    "passage": 0.6,
    "recipients": 1.0,
    "subject": 0.7,
    "answered": 0.5,
}
ADDRESSED = 0.7  # what the name of an addressee counts in a text, against among its recipients
MOST_SENTENCES = 3  # quoted in a row
WORTH_A_SENTENCE = 0.12  # share of the question's weight that another sentence must bring
ANSWERED_CHARACTERS = 4000  # of a message answered, looked at


@dataclass(frozen=True, slots=True)
class Match:
    """A word of the question, as it was typed, and where it is met."""

    word: str
    where: Where


@dataclass(frozen=True, slots=True)
class Quote:
    """Sentences of a document's text, `text[start:end]`, and what of the question they meet.

    `score` is from 0 to 1: the share of the question's words, weighted. `answered` is the sentence
    of the message answered that meets most, "" if nothing in it counts.
    """

    start: int
    end: int
    matches: tuple[Match, ...]
    score: float
    closeness: float
    answered: str = ""


@dataclass(frozen=True, slots=True)
class _Read:
    """A passage in sentences, each with the stems of its words in order."""

    spans: list[Span]
    stems: list[tuple[str, ...]]
    around: Mapping[Where, Set[str]]


def quote_of(
    document: Document,
    passage: Span,
    question: Question,
    weights: Mapping[str, float],
    stemmer: Stemmer,
) -> Quote | None:
    """The best of a passage, at `document.text[passage[0]:passage[1]]`; None if it has no sentence.

    `weights` holds the weight of each word of the question by its stem.
    """
    read = _read(document, passage, stemmer)
    if not read.spans:
        return None
    first, last = _choose(read, question, weights)
    quoted = [stem for stems in read.stems[first : last + 1] for stem in stems]
    where = {word: _where(word, set(quoted), read.around) for word in question.words}
    if not all(where.values()) and document.answered:
        answered = set(_stems(document.answered[:ANSWERED_CHARACTERS], stemmer))
        where |= {w: "answered" for w, place in where.items() if not place and w.stem in answered}
    asked = sum(weights[word.stem] for word in question.telling)
    met = sum(
        weights[word.stem] * _counts(word, place)
        for word in question.telling
        if (place := where[word]) is not None
    )
    matches = tuple(Match(word.typed, place) for word, place in where.items() if place)
    answers = any(match.where == "answered" for match in matches)
    return Quote(
        start=read.spans[first][0],
        end=read.spans[last][1],
        matches=matches,
        score=met / asked if asked else 0.0,
        closeness=_closeness(quoted, question),
        answered=_answered(document, question, weights, stemmer) if answers else "",
    )


def _read(document: Document, passage: Span, stemmer: Stemmer) -> _Read:
    spans = sentences_of(document.text, *passage)
    sentences = [_stems(document.text[start:end], stemmer) for start, end in spans]
    around: dict[Where, Set[str]] = {
        "passage": {stem for stems in sentences for stem in stems},
        "recipients": set(_stems(" ".join(document.recipients), stemmer)),
        "subject": set(_stems(document.subject, stemmer)),
    }
    return _Read(spans, sentences, around)


def _stems(text: str, stemmer: Stemmer) -> tuple[str, ...]:
    return tuple(term.stem for term in stemmer.terms(text))


def _counts(word: Word, where: Where) -> float:
    """Who was told something is a recipient rather than a word of the text."""
    return COUNTS[where] * (ADDRESSED if word.addressed and where != "recipients" else 1.0)


def _where(word: Word, quoted: Set[str], around: Mapping[Where, Set[str]]) -> Where | None:
    """Where a word is met: the place that counts most."""
    places: list[Where] = ["quote"] if word.stem in quoted else []
    places += [where for where, stems in around.items() if word.stem in stems]
    return max(places, key=lambda where: _counts(word, where), default=None)


def _choose(read: _Read, question: Question, weights: Mapping[str, float]) -> tuple[int, int]:
    """The first and last sentence to quote: the best one, and neighbours that bring more words."""

    def worth(first: int, last: int) -> float:
        held = {stem for stems in read.stems[first : last + 1] for stem in stems}
        return sum(
            weights[word.stem] * (0.2 if word.asking else 1.0)
            for word in question.words
            if word.stem in held
        )

    count = len(read.spans)
    best = max(range(count), key=lambda i: (worth(i, i), -len(read.stems[i])))
    first = last = best
    enough = WORTH_A_SENTENCE * sum(weights[word.stem] for word in question.telling)
    while last - first + 1 < MOST_SENTENCES:
        wider = [(f, t) for f, t in ((first - 1, last), (first, last + 1)) if f >= 0 and t < count]
        if not wider:
            break
        widest = max(wider, key=lambda span: worth(*span))
        if worth(*widest) - worth(first, last) < max(enough, 1e-9):
            break
        first, last = widest
    return first, last


def _closeness(quoted: Sequence[str], question: Question) -> float:
    """From 0 to 1: the share of neighbours in the question that stand near each other here."""
    order = [word.stem for word in question.telling]
    pairs = list(pairwise(order))
    if not pairs:
        return 0.0
    at = {stem: [i for i, met in enumerate(quoted) if met == stem] for stem in order}
    near = sum(any(abs(i - j) <= 4 for i in at[one] for j in at[other]) for one, other in pairs)
    return near / len(pairs)


def _answered(
    document: Document, question: Question, weights: Mapping[str, float], stemmer: Stemmer
) -> str:
    """The sentence of the message answered that meets most."""
    text = document.answered[:ANSWERED_CHARACTERS]
    best, sentence = 0.0, ""
    for start, end in sentences_of(text):
        stems = set(_stems(text[start:end], stemmer))
        worth = sum(weights[word.stem] for word in question.words if word.stem in stems)
        if worth > best:
            best, sentence = worth, text[start:end]
    return sentence
