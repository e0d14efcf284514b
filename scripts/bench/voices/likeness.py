"""How near a draft is to the text that the person really wrote, and how much of it is copied."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from microtune.word_runs import FEWEST, WORD


def chrf(draft: str, real: str) -> float:
    """chrF2 of 0 to 100 (Popović, 2015), by sacrebleu with its defaults."""
    return float(_chrf().sentence_score(draft, [real]).score)


@cache
def _chrf() -> Any:
    from sacrebleu.metrics.chrf import CHRF

    return CHRF()


def rouge_l(draft: str, real: str) -> float:
    """F1 of the longest common subsequence of words (Lin, 2004), of 0 to 100; nothing is stemmed.

    The rouge-score package would bring nltk for this.
    """
    one, other = words(draft), words(real)
    if not one or not other:
        return 0.0
    common = _subsequence(one, other)
    return 200 * common / (len(one) + len(other))


def _subsequence(one: Sequence[str], other: Sequence[str]) -> int:
    row = [0] * (len(other) + 1)
    for word in one:
        before = 0
        for place, theirs in enumerate(other, 1):
            before, row[place] = (
                row[place],
                (before + 1 if word == theirs else max(row[place], row[place - 1])),
            )
    return row[-1]


def words(text: str) -> list[str]:
    return [word.casefold() for word in WORD.findall(text)]


class Copied:
    """Texts, prepared to be asked for the longest run of words that another shares with any."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = [words(text) for text in texts]
        self._at: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
        for number, text in enumerate(self._texts):
            for place, run in enumerate(_runs(text)):
                self._at[run].append((number, place))

    def longest(self, text: str) -> int:
        """In words; 0 where not even `FEWEST` in a row are shared."""
        said = words(text)
        longest = 0
        for start, run in enumerate(_runs(said)):
            for number, place in self._at.get(run, ()):
                longest = max(longest, _length(said, start, self._texts[number], place))
        return longest


def _runs(said: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(said[i : i + FEWEST]) for i in range(len(said) - FEWEST + 1)]


def _length(one: Sequence[str], start: int, other: Sequence[str], place: int) -> int:
    most = min(len(one) - start, len(other) - place)
    length = FEWEST
    while length < most and one[start + length] == other[place + length]:
        length += 1
    return length
