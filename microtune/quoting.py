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
    "answered": 0.7,
}
ADDRESSED = 0.7  # what the name of an addressee counts in a text, against among its recipients
NAMES = 0.5  # of what the other words weigh together, at most
MOST_SENTENCES = 3  # quoted in a row
WORTH_A_SENTENCE = 0.12  # share of the question's weight that another sentence must bring
NEAR = 4  # words between two that stand together
ASKING = 0.2  # what a word of asking counts in choosing a sentence
ANSWERED_CHARACTERS = 4000  # of a message answered, looked at


@dataclass(frozen=True, slots=True)
class Match:
    """A word of the question, as it was typed, and where it is met.

    `at` is where it stands in the quote, in characters of the document's text.
    """

    word: str
    where: Where
    at: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """Sentences of a document's text, `text[start:end]`, and what of the question they meet.

    `score` is from 0 to 1: the share of the question's words, weighted. `closeness` too: the share
    of words next to each other in the question that stand together in the quote. `answered` is the
    sentence of the message answered that meets most, "" if nothing in it counts.
    """

    start: int
    end: int
    matches: tuple[Match, ...]
    score: float
    closeness: float
    answered: str = ""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """One sentence of a passage, with its words; both spans count characters of the document."""

    span: Span
    words: tuple[tuple[str, Span], ...]  # stem and place, in order

    @property
    def stems(self) -> set[str]:
        return {stem for stem, _ in self.words}


class Quoting:
    """A question that passages are held to. `weights` has a weight for each of its words' stems."""

    def __init__(self, question: Question, weights: Mapping[str, float], stemmer: Stemmer) -> None:
        self._question, self._stemmer = question, stemmer
        self._weights = _balanced(question, weights)
        self._asked = sum(self._weights[word.stem] for word in question.telling)

    def quote(self, document: Document, passage: Span) -> Quote | None:
        """The best of the passage at `text[passage[0]:passage[1]]`; None of an empty one."""
        sentences = [
            self._sentence(document.text, s) for s in sentences_of(document.text, *passage)
        ]
        if not sentences:
            return None
        chosen = self._choose(sentences)
        answered = self._best_of(document.answered)
        found = self._matches(document, sentences, chosen, answered)
        helped = any(match.where == "answered" for match in found.values())
        return Quote(
            start=chosen[0].span[0],
            end=chosen[-1].span[1],
            matches=tuple(found.values()),
            score=self._score(found),
            closeness=self._closeness(chosen),
            answered=answered if helped else "",
        )

    def _sentence(self, text: str, span: Span) -> _Sentence:
        start, end = span
        terms = self._stemmer.terms(text[start:end])
        words = ((term.stem, (start + term.start, start + term.end)) for term in terms)
        return _Sentence(span, tuple(words))

    def _choose(self, sentences: Sequence[_Sentence]) -> Sequence[_Sentence]:
        """The best sentence, of equals the shortest, and neighbours that bring more words."""
        worth = [self._worth(s.stems) for s in sentences]
        best = max(range(len(worth)), key=lambda i: (worth[i], -len(sentences[i].words)))
        first, last, held = best, best, sentences[best].stems
        while last - first + 1 < MOST_SENTENCES:
            beside = [i for i in (first - 1, last + 1) if 0 <= i < len(sentences)]
            more = {i: self._worth(sentences[i].stems - held) for i in beside}
            if not more or max(more.values()) <= WORTH_A_SENTENCE * self._asked:
                break
            taken = max(more, key=more.__getitem__)
            first, last = min(first, taken), max(last, taken)
            held |= sentences[taken].stems
        return sentences[first : last + 1]

    def _worth(self, stems: Set[str]) -> float:
        """The weight of the question's words among these."""
        return sum(
            self._weights[word.stem] * (ASKING if word.asking else 1.0)
            for word in self._question.words
            if word.stem in stems
        )

    def _matches(
        self,
        document: Document,
        sentences: Sequence[_Sentence],
        chosen: Sequence[_Sentence],
        answered: str,
    ) -> dict[Word, Match]:
        """Each word of the question that is met, and where it counts most."""
        places: dict[Where, Set[str]] = {
            "quote": set().union(*(sentence.stems for sentence in chosen)),
            "passage": set().union(*(sentence.stems for sentence in sentences)),
            "recipients": self._stems(" ".join(document.recipients)),
            "subject": self._stems(document.subject),
            "answered": self._stems(answered),
        }
        found = {}
        for word in self._question.words:
            met = [where for where, stems in places.items() if word.stem in stems]
            if word.asking and word not in self._question.telling:  # theirs say nothing
                met = [where for where in met if where != "answered"]
            if met:
                where = max(met, key=lambda where: _counts(word, where))
                found[word] = Match(word.typed, where, _at(word.stem, chosen))
        return found

    def _score(self, found: Mapping[Word, Match]) -> float:
        met = (
            self._weights[word.stem] * _counts(word, found[word].where)
            for word in self._question.telling
            if word in found
        )
        return sum(met) / self._asked if self._asked else 1.0  # a time alone was asked for

    def _closeness(self, chosen: Sequence[_Sentence]) -> float:
        """From 0 to 1: the share of neighbours in the question that stand together here."""
        pairs = list(pairwise(w.stem for w in self._question.telling if not w.name))
        at: dict[str, list[int]] = {}
        for index, (stem, _) in enumerate(word for s in chosen for word in s.words):
            at.setdefault(stem, []).append(index)
        near = sum(
            any(abs(i - j) <= NEAR for i in at.get(one, ()) for j in at.get(other, ()))
            for one, other in pairs
        )
        return near / len(pairs) if pairs else 0.0

    def _best_of(self, answered: str) -> str:
        """The sentence of the message answered that meets most."""
        text = answered[:ANSWERED_CHARACTERS]
        sentences = [text[start:end] for start, end in sentences_of(text)]
        return max(sentences, key=lambda sentence: self._worth(self._stems(sentence)), default="")

    def _stems(self, text: str) -> set[str]:
        return {term.stem for term in self._stemmer.terms(text)}


def _balanced(question: Question, weights: Mapping[str, float]) -> dict[str, float]:
    """Names must be met anyhow: they weigh no more than `NAMES` of what the other words weigh."""
    others = sum(weights[word.stem] for word in question.telling if not word.name)
    names = sum(weights[word.stem] for word in question.telling if word.name)
    share = min(1.0, NAMES * others / names) if others and names else 1.0
    return {w.stem: weights[w.stem] * (share if w.name else 1.0) for w in question.words}


def _counts(word: Word, where: Where) -> float:
    """Who was told something is a recipient rather than a word of the text."""
    return COUNTS[where] * (ADDRESSED if word.addressed and where != "recipients" else 1.0)


def _at(stem: str, chosen: Sequence[_Sentence]) -> tuple[Span, ...]:
    return tuple(span for sentence in chosen for met, span in sentence.words if met == stem)
