"""Joins the lines of hard-wrapped paragraphs; lists, verse and sign-offs stay as they are.

A wrapping editor breaks a line only where the next word no longer fits. So two lines belong
together exactly when the second one's first word would not have fitted on the first.
"""

import re

from microtune.curation.signatures import is_sign_off

_NARROWEST = 50  # a text whose longest line is shorter than this was broken by hand: verse, a list
_WIDEST = 90  # lines longer than this were never wrapped
_SLACK = 2  # some editors count the spaces after a full stop, which are gone here
_ITEM = re.compile(r"\s*(?:[-*+•·–o]|\(?(?:\d{1,2}|[a-zA-Z])[.)]|\[\w{1,3}\])\s")
_ENDS_SENTENCE = re.compile(r"[.!?:;…][\"')\]]*$")


def unwrap(text: str) -> str:
    """`text` with each hard-wrapped paragraph on one line. Adds and drops nothing but breaks."""
    lines = text.split("\n")
    width = _wrap_width(lines)
    if width is None:
        return text
    out: list[str] = []
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else ""
        after = lines[number + 1] if number + 1 < len(lines) else ""
        if _continues(before, line, after, width):
            out[-1] += " " + line.strip()
        else:
            out.append(line)
    return "\n".join(out)


def _wrap_width(lines: list[str]) -> int | None:
    """The column at which the text was wrapped, or None if it was not."""
    longest = 0
    for line in lines:
        length = len(line)
        if longest < length <= _WIDEST:
            longest = length
    return longest if longest >= _NARROWEST else None


def _continues(before: str, line: str, after: str, width: int) -> bool:
    """Whether the break between `before` and `line` was put there by a wrapping editor."""
    if not before or not line or not (_NARROWEST <= len(before) <= width):
        # A line much shorter than the width can only end because a very long word follows.
        return False
    word = line.split(None, 1)[0]
    if len(before) + 1 + len(word) <= width - _SLACK or _ITEM.match(line):
        return False
    if _indent(line) - _indent(before) > 4 or (len(word) > 3 and before.split(None, 1)[0] == word):
        return False  # deeper, or one of several lines that begin alike: a list
    if is_sign_off(line):
        return False
    is_tail = not after and len(line.split()) <= 3 and line.strip()[:1].isupper()
    return not (is_tail and _ENDS_SENTENCE.search(before))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
