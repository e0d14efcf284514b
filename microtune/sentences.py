"""The sentences of a text, as spans of its characters. Knows nothing of what they are for."""

import re

# What ends one: a full stop with its closing quotes or brackets before a space, an empty line, or
# a line end before something that begins a point of a list.
_END = re.compile(
    r"(?<=[.!?…])[\"'”’)\]]*\s+|\n[^\S\n]*\n\s*|\n(?=[^\S\n]*(?:[-*•>–—]|\d{1,2}[.)])\s)"
)
# after these a full stop ends no sentence: titles, initials, "e.g."
_ABBREVIATED = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|sr|jr|no|vs|cf|etc|approx|vol|pp?|ca|messrs|capt|col|gen|rev"
    r"|hon|e\.g|i\.e|a\.m|p\.m)|\b(?!I\b)[^\W\d_])\.$",
    re.IGNORECASE,
)
LONGEST_ABBREVIATED = 12  # characters, with the boundary before it

Span = tuple[int, int]


def sentences_of(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """(start, end) of each sentence in `text[start:end]`, in order, without the space around them.

    They don't overlap, none is empty, and what lies between them is space.
    """
    end = len(text) if end is None else end
    found: list[Span] = []
    begin = start
    for match in _END.finditer(text, start, end):
        upto = match.end() - len(match.group().lstrip("\"'”’)]"))
        if _goes_on(text, begin, upto, match.end(), end):
            continue
        _append(found, text, begin, upto)
        begin = match.end()
    _append(found, text, begin, end)
    return found


def _goes_on(text: str, begin: int, upto: int, after: int, end: int) -> bool:
    """Whether what looks like an end is a full stop inside a sentence."""
    if after >= end or text.count("\n", upto, after) > 1:
        return False
    return bool(_ABBREVIATED.search(text, max(begin, upto - LONGEST_ABBREVIATED), upto))


def _append(found: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    first = start + len(piece) - len(piece.lstrip())
    last = start + len(piece.rstrip())
    if first < last:
        found.append((first, last))
