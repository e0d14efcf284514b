"""Lines on pages to paragraphs: where one ends, and which words were divided at a line's end.

Knows nothing of PDF.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from microtune_collectors.formats.pdf_lines import Line

WIDE_GAP = 1.35  # times the usual distance of two lines: a new paragraph begins
INDENT = 6.0  # points to the right of the line before: a new paragraph begins
SHORT = 0.8  # share of the usual length: the last line of a paragraph may be shorter
HEADING = 1.0  # points of type size more or less: a heading begins or ends

_SENTENCE_END = re.compile(r"[.!?:…][\"'”’»)\]]*$")
_DIVIDED = re.compile(r"(\w+)-$")
_WORD = re.compile(r"\w+")
_COMPOUND = re.compile(r"\w+-\w+")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft",
                            "ﬆ": "st", "\xa0": " "})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Usual:
    """What is usual in a document: the distance of two lines, and their length in characters."""

    gap: float
    length: float

    @classmethod
    def of(cls, pages: Sequence[Sequence[Line]]) -> "_Usual":
        gaps = [a.y - b.y for page in pages for a, b in pairwise(page) if a.y - b.y > 1]
        lengths = sorted(len(line.text) for page in pages for line in page)
        return cls(median(gaps or [0.0]), lengths[len(lengths) * 3 // 4] if lengths else 0)


def prose(pages: Sequence[Sequence[Line]]) -> str:
    """The text of the pages, paragraphs divided by an empty line."""
    compounds = {
        word for page in pages for line in page for word in _COMPOUND.findall(line.text.lower())
    }
    found = (_joined(lines, compounds) for lines in _paragraphs(pages))
    return "\n\n".join(text for text in found if text)


def _paragraphs(pages: Sequence[Sequence[Line]]) -> Iterator[list[str]]:
    lines: list[str] = []
    before: Line | None = None
    usual = _Usual.of(pages)
    for page in pages:
        for number, line in enumerate(page):
            if before and _begins(before, line, usual, same_page=number > 0):
                yield lines
                lines = []
            lines.append(line.text)
            before = line
    yield lines


def _begins(before: Line, line: Line, usual: _Usual, same_page: bool) -> bool:
    """Whether a paragraph begins with `line`."""
    ended = _SENTENCE_END.search(before.text) is not None
    if abs(before.size - line.size) > HEADING:
        return True
    if ended and len(before.text) < SHORT * usual.length:
        return True
    if not same_page:
        return False
    gap = before.y - line.y
    if gap < 0:  # the next column
        return False
    return gap > WIDE_GAP * usual.gap > 0 or (line.x - before.x > INDENT and (ended or gap > 0))


def _joined(lines: Sequence[str], compounds: set[str]) -> str:
    """The lines as one, words divided by a hyphen put together again."""
    text = ""
    for line in lines:
        line = " ".join(line.translate(_LIGATURES).split())
        divided = _DIVIDED.search(text)
        if text.endswith("\xad"):
            text = text[:-1] + line
        elif divided and line[:1].islower():
            whole = f"{divided[1]}-{_first_word(line)}".lower()
            text = (text if whole in compounds else text[:-1]) + line
        else:
            text = f"{text} {line}" if text else line
    return text.replace("\xad", "")


def _first_word(line: str) -> str:
    found = _WORD.match(line)
    return found[0] if found else ""
