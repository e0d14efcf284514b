"""Phrases of one's own: runs of words in a text that stand in one's own texts too.

Knows nothing of drafts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from microtune.retrieval import STOP_WORDS, Retrieval
from microtune.sentences import sentences_of
from microtune.word_runs import FEWEST, WORD, Runs

EACH = 3  # passages read for three words in a row: the same are found by the next three
MOST_WORDS = 600  # of a text that are looked up in the whole store


@dataclass(frozen=True, slots=True)
class Phrase:
    """`words` words in a row, from `start` to `end` in characters, that `document` has too."""

    text: str
    start: int
    end: int
    words: int
    document: str


def phrases_with(text: str, other: str, document: str, offset: int = 0) -> tuple[Phrase, ...]:
    """The runs that `text` and `other`, the text of `document`, have in common, in order.

    `offset` is added to where they stand.
    """
    return tuple(
        Phrase(text[run.start : run.end], offset + run.start, offset + run.end, run.words, document)
        for run in Runs(text).shared_with(other)
    )


def own_phrases(retrieval: Retrieval, text: str, offset: int = 0) -> Iterator[Phrase]:
    """The runs in `text` that some own passage has, in order, each with one that has it.

    None goes over the end of a sentence; those of stop words alone are everybody's and left out,
    and so is what begins after the first `MOST_WORDS` words.
    """
    left = MOST_WORDS
    for start, end in sentences_of(text):
        spans = [match.span() for match in WORD.finditer(text, start, end)][: max(left, 0)]
        left -= len(spans)
        for phrase in _of_sentence(retrieval, text[start:end], [a - start for a, _ in spans]):
            at = offset + start
            yield replace(phrase, start=at + phrase.start, end=at + phrase.end)


def _of_sentence(retrieval: Retrieval, text: str, starts: list[int]) -> Iterator[Phrase]:
    """`starts` are where the words begin that are looked up."""
    found: list[Phrase] = []
    runs = Runs(text)
    for first, last in zip(starts, starts[FEWEST - 1 :], strict=False):
        match = WORD.match(text, last)
        assert match is not None  # a word begins there
        three = text[first : match.end()]
        known = any(p.start <= first and match.end() <= p.end for p in found)
        for passage in [] if known or not _telling(three) else retrieval.with_phrase(three, EACH):
            found += [
                Phrase(text[run.start : run.end], run.start, run.end, run.words, passage.document)
                for run in runs.shared_with(passage.text)
                if _telling(text[run.start : run.end])
            ]
    return _outermost(found)


def _telling(words: str) -> bool:
    return any(word.casefold() not in STOP_WORDS for word in WORD.findall(words))


def _outermost(phrases: list[Phrase]) -> Iterator[Phrase]:
    last = -1
    for phrase in sorted(phrases, key=lambda phrase: (phrase.start, -phrase.end)):
        if phrase.end > last:
            last = phrase.end
            yield phrase
