"""Joins the lines of hard-wrapped paragraphs; lists, verse and sign-offs stay as they are.

A wrapping editor breaks a line only where the next word no longer fits. So two lines belong
together exactly when the second one's first word would not have fitted on the first. A text that
has longer lines than any such editor makes is not hard-wrapped, so unwrapping twice is harmless.
"""

import re

from microtune.curation.signatures import is_sign_off

_NARROWEST = 50  # a text whose longest line is shorter than this was broken by hand: verse, a list
_WIDEST = 80  # lines longer than this were never wrapped
_FEWEST_SPACES = 4  # in a long line that is prose and no link
_SLACK = 2  # some editors count the spaces after a full stop, which are gone here
_NEAR_WIDTH = 15  # columns; lines that end this close to the width are evidence for it
_ENOUGH_EVIDENCE = 3
_ITEM = re.compile(r"\s*(?:[-*+•·–o]|\(?(?:\d{1,2}|[a-zA-Z])[.)]|\[\w{1,3}\])\s")
_ENDS_SENTENCE = re.compile(r"[.!?:;…][\"')\]]*$")


def unwrap(text: str) -> str:
    """`text` with each hard-wrapped paragraph on one line. Adds and drops nothing but breaks."""
    lines = text.split("\n")
    width = _wrap_width(lines)
    if width < _NARROWEST:
        return text
    near = sum(1 for line in lines if width - _NEAR_WIDTH <= len(line) <= width)
    runs: list[list[str]] = [[lines[0]]]
    for before, line, after in zip(lines, lines[1:], [*lines[2:], ""], strict=False):
        if _continues(before, line, width, not after, near >= _ENOUGH_EVIDENCE):
            runs[-1].append(line)
        else:
            runs.append([line])
    joined = [" ".join([run[0], *(line.strip() for line in run[1:])]) for run in runs]
    # Without one long line the result could pass for hard-wrapped, and be joined further next time.
    return "\n".join(joined) if any(map(_is_long_prose, joined)) else text


def _wrap_width(lines: list[str]) -> int:
    """The column at which the text was wrapped; 0 if it has lines that no editor wrapped."""
    if any(map(_is_long_prose, lines)):
        return 0
    return max((len(line) for line in lines if len(line) <= _WIDEST), default=0)


def _is_long_prose(line: str) -> bool:
    return len(line) > _WIDEST and line.count(" ") >= _FEWEST_SPACES


def _continues(before: str, line: str, width: int, is_last: bool, sure: bool) -> bool:
    """Whether the break between `before` and `line` was put there by a wrapping editor.

    `is_last`: nothing follows in the paragraph. `sure`: several lines ended near `width`.
    """
    if not line.strip() or not _NARROWEST <= len(before) <= width:
        return False
    word = line.split(None, 1)[0]
    if len(before) + 1 + len(word) <= width - _SLACK or _ITEM.match(line) or is_sign_off(line):
        return False
    if _indent(line) - _indent(before) > 4 or (len(word) > 3 and before.split(None, 1)[0] == word):
        return False  # deeper, or one of several lines that begin alike: a list
    is_tail = is_last and len(line.split()) <= 3 and line.strip()[:1].isupper()
    return not (_ENDS_SENTENCE.search(before) and (is_tail or not sure))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
