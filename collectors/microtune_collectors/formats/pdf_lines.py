"""Lines of text on pages, and which of them are headers, footers and page numbers."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

EDGE = 2  # lines at the top and at the bottom that may be a header or a footer
REPEATED = 0.5  # share of the pages on which such a line stands

_NUMBER = re.compile(
    r"[-–—\s]*(?:(?:page|seite|p\.|s\.)\s*)?\d{1,4}(?:\s*(?:/|of|von|de)\s*\d{1,4})?[-–—\s]*", re.I
)
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text where it begins on its page: points from the left and from the bottom."""

    text: str
    x: float
    y: float
    size: float


def without_margins(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The same pages without page numbers and what repeats at their edges but for a number."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_pattern(line) for line in _edges(page)})
    enough = max(2, REPEATED * len(pages))
    repeated = {pattern for pattern, count in seen.items() if count >= enough}
    return [_inside(page, repeated, numbered=len(pages) > 1) for page in pages]


def _inside(page: Sequence[Line], repeated: set[str], numbered: bool) -> list[Line]:
    margins = {
        line
        for line in _edges(page)
        if _pattern(line) in repeated or (numbered and _NUMBER.fullmatch(line.text))
    }
    return [line for line in page if line not in margins]


def _edges(page: Sequence[Line]) -> list[Line]:
    """The uppermost and the lowest lines: margins are often drawn first or last."""
    from_top = sorted(page, key=lambda line: -line.y)
    return [*from_top[:EDGE], *from_top[max(EDGE, len(page) - EDGE) :]]


def _pattern(line: Line) -> str:
    return " ".join(_DIGITS.sub("#", line.text).split())
