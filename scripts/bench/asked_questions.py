"""Questions about a person's own texts, made by rule, of which the answer is known or not there.

A question keeps some of the telling words of one sentence and forgets the rest, as people do. Knows
nothing of how it is answered.
"""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sentences import FEWEST_WORDS, LETTERS, MOST_WORDS

from microtune.retrieval import STOP_WORDS
from microtune.words import Document

FEWEST_TELLING = 5  # words of a sentence that a question is made of
KEPT = (3, 5)  # of them, at least and at most
FRAMES = (
    "what did I say about {}?",
    "did I ever write about {}?",
    "what was it with {}?",
    "{}?",
    "where did I mention {}?",
)
TO_FRAMES = ("what did I tell {} about {}?", "what did I promise {} about {}?")
ENDINGS = (("ies", "y"), ("y", "ies"), ("ing", "ed"), ("ed", "ing"), ("ss", "sses"), ("s", ""))

_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(]?[A-Z])")
_WORD = re.compile(r"[^\W\d_]+")
_FIRST_NAME = re.compile(r"^\W*([A-Z][a-z]{2,})|^([a-z]{3,})\.[a-z]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a `form`. `document` answers it, "" where nothing does."""

    form: str
    question: str
    document: str = ""


class Maker:
    """Makes questions from one person's texts, the same ones for the same seed."""

    def __init__(self, documents: Sequence[Document], seed: int) -> None:
        self._random = random.Random(seed)
        self._known = words_of(documents)
        self.names = {first_name(d) for d in documents if d.recipients} - {""}
        self.sentences = list(_distinct(documents))
        self._random.shuffle(self.sentences)
        self._vocabulary = sorted(
            {w for _, s in self.sentences for w in telling_words(s) if w.islower()}
        )

    def answered(self, number: int) -> Iterator[Asked]:
        """Up to `number` questions of each form whose answer is one of the documents."""
        for document, sentence in self.sentences[:number]:
            yield Asked("some words", self.some_words(sentence), document.id)
            yield Asked("other words", self._other_words(sentence), document.id)
        told = [(d, s) for d, s in self.sentences if d.recipients and first_name(d)]
        for document, sentence in told[:number]:
            question = self._to_whom(sentence, first_name(document), document.written)
            yield Asked("to whom and when", question, document.id)

    def about(self, sentence: str, name: str) -> str:
        """What was told somebody of this name about a sentence."""
        frame = self._random.choice(TO_FRAMES)
        return frame.format(name, " ".join(self._kept(sentence, *KEPT)))

    def some_words(self, sentence: str, term: str = "") -> str:
        """Some of its telling words, in order; `term` is certainly one of them."""
        kept = self._kept(sentence, *KEPT)
        if term and term not in kept:
            kept[self._random.randrange(len(kept))] = term
        return self._framed(kept)

    def strangers(self, other: "Maker") -> list[str]:
        """First names of another's recipients that are nowhere in these texts."""
        return sorted(name for name in other.names if name.casefold() not in self._known)

    def stranger_word(self, sentence: str) -> str:
        """A telling word that is nowhere in these texts in any form, as a rule of thumb has it."""
        for word in telling_words(sentence):
            plain = word.casefold()
            if len(word) > 4 and not {plain, inflected(plain), plain.rstrip("s")} & self._known:
                return word
        return ""

    def _other_words(self, sentence: str) -> str:
        """Some of its words, in other forms and another order, and one that is not in it."""
        kept = [inflected(word) for word in self._kept(sentence, 3, 4)]
        kept.append(self._random.choice(self._vocabulary))
        self._random.shuffle(kept)
        return self._framed(kept)

    def _to_whom(self, sentence: str, name: str, written: datetime | None) -> str:
        frame = self._random.choice(TO_FRAMES)
        question = frame.format(name, " ".join(self._kept(sentence, 2, 3)))
        when = f" in {written.astimezone():%B %Y}?" if written else "?"
        return question.removesuffix("?") + when

    def _kept(self, sentence: str, fewest: int, most: int) -> list[str]:
        words = list(dict.fromkeys(telling_words(sentence)))
        longest = sorted(words, key=len, reverse=True)[: max(most, len(words) * 2 // 3)]
        words = [word for word in words if word in longest]  # short ones say little
        number = min(len(words), self._random.randint(fewest, most))
        at = sorted(self._random.sample(range(len(words)), number))
        return [words[i] for i in at]

    def _framed(self, words: list[str]) -> str:
        return self._random.choice(FRAMES).format(" ".join(words))


def words_of(documents: Iterable[Document]) -> set[str]:
    """All words of texts, subjects and recipients."""
    parts = (part for d in documents for part in (d.text, d.subject, *d.recipients))
    return {word.casefold() for part in parts for word in _WORD.findall(part)}


def telling_words(sentence: str) -> list[str]:
    """Its words of more than two letters that are no stop words; the first without its capital."""
    words = _WORD.findall(sentence)
    words = [w.lower() if i == 0 else w for i, w in enumerate(words)]
    return [w for w in words if len(w) > 2 and w.casefold() not in STOP_WORDS]


def inflected(word: str) -> str:
    """Another form of a regular word, as a rule of thumb has it; names stay."""
    if not word.islower() or word.endswith("ly"):
        return word
    for ending, other in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word.removesuffix(ending) + other
    return word + "s"


def first_name(document: Document) -> str:
    """Of the first of those whom it went to; "" for a list or a bare number."""
    match = _FIRST_NAME.search(document.recipients[0])
    return (match[1] or match[2]).capitalize() if match else ""


def _distinct(documents: Iterable[Document]) -> Iterator[tuple[Document, str]]:
    """Sentences that can be asked for and stand in one document only."""
    found: dict[str, tuple[Document, str] | None] = {}
    for document in documents:
        for sentence in set(_sentences(document.text)):
            plain = " ".join(_WORD.findall(sentence.casefold()))
            found[plain] = None if plain in found else (document, sentence)
    return (one for _, one in sorted(found.items(), key=lambda item: item[0]) if one)


def _sentences(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text):
        for sentence in _END.split(" ".join(paragraph.split())):
            words = sentence.count(" ") + 1
            letters = sum(c.isalpha() or c == " " for c in sentence)
            if (
                FEWEST_WORDS <= words <= MOST_WORDS
                and letters >= LETTERS * len(sentence)
                and len(set(telling_words(sentence))) >= FEWEST_TELLING
            ):
                yield sentence
