"""Runs of words that one text shares with others, whatever their case and punctuation.

Knows nothing of documents or storage. `microtune.shingles` tells only whether there is a long one,
for any number of texts.
"""

import re
from dataclasses import dataclass

FEWEST = 3  # words in a row: two are shared by everybody

WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Run:
    """`words` words in a row that stand in two texts: `text[start:end]`, in characters."""

    start: int
    end: int
    words: int


class Runs:
    """A text, prepared to be compared with many others."""

    def __init__(self, text: str) -> None:
        self._spans = [match.span() for match in WORD.finditer(text)]
        self._words = _plain(text)
        self._at: dict[tuple[str, ...], list[int]] = {}
        for index, three in enumerate(_threes(self._words)):
            self._at.setdefault(three, []).append(index)

    def shared_with(self, other: str) -> list[Run]:
        """The longest runs of at least `FEWEST` words that `other` has too, in order.

        None lies within another.
        """
        words = _plain(other)
        ends: dict[int, int] = {}  # where a run begins in the text → where it ends
        for place, three in enumerate(_threes(words)):
            for index in self._at.get(three, ()):
                if place and index and words[place - 1] == self._words[index - 1]:
                    continue  # part of a run that began before
                ends[index] = max(ends.get(index, 0), self._end(index, words, place))
        return self._outermost(ends)

    def _end(self, index: int, words: list[str], place: int) -> int:
        longest = min(len(self._words) - index, len(words) - place)
        length = FEWEST
        while length < longest and self._words[index + length] == words[place + length]:
            length += 1
        return index + length

    def _outermost(self, ends: dict[int, int]) -> list[Run]:
        found: list[Run] = []
        last = 0
        for index in sorted(ends):
            if ends[index] > last:
                last = ends[index]
                start, end = self._spans[index][0], self._spans[last - 1][1]
                found.append(Run(start, end, last - index))
        return found


def _plain(text: str) -> list[str]:
    return [word.casefold() for word in WORD.findall(text)]


def _threes(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[i : i + FEWEST]) for i in range(len(words) - FEWEST + 1)]
