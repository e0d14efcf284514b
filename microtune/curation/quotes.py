"""Separates a mail's own lines from lines quoted with ">", however they alternate.

Knows ">" and "JD>" prefixes, lines that a mailer wrapped out of their quote, and the
attribution ("On Monday, Ann wrote:") above a quote. Prose such as "On Monday I wrote:" with no
quote below it is the person's own.
"""

import re
from dataclasses import dataclass

_QUOTED = re.compile(r"^ {0,3}(?:[A-Z]{1,3})?>(?!From )")
_MARKS = re.compile(r"^ {0,3}(?:[A-Z]{1,3})?((?:> ?)+)")
_LONG_QUOTED = 60  # a quoted line this long may have spilled its last words onto the next line
_SPILLED = 40
_WROTE = re.compile(
    r"(?i)(?:\b(?:wrote|writes|said|says|schrieb|schreibt|escribió|ha scritto|schreef|skrev"
    r"|escreveu|geschreven|a écrit|написал(?:\(а\))?|a scris|napisał(?:\(a\))?)\b.{0,60}|>|\]) ?:$"
    r"|^\* .{3,80}\[.*\]:?$"
)
_OPENS = re.compile(
    r"""(?x) ^\s* (?: (?:On|Am|Le|El|Il|Op|Den|Em|At|In\ article|In\ message|Quoting|Quoth)\b
    | ["'*<]
    | \d{1,2}[/.]\d | \d{4}[-/] | (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? )"""
)
_ELISION = re.compile(r"(?i)^\W*(?:snip(?:ped)?|schnipp|cut|elided|\.{3}|…)?\W*$")
_MOST_NAME_WORDS = 7


@dataclass(frozen=True, slots=True)
class Layers:
    """`own`: runs of the person's lines. `quoted`: what they quote, unprefixed, without nesting."""

    own: list[list[str]]
    quoted: list[str]


def separate(lines: list[str]) -> Layers:
    """Split `lines` into own runs and the quoted message (its own nested quotes left out)."""
    quoted = [_QUOTED.match(line) is not None for line in lines]
    if not any(quoted):
        return Layers([lines], [])
    _mark_spilled(lines, quoted)
    dropped = _attributions(lines, quoted)
    own: list[list[str]] = [[]]
    others: list[str] = []
    for index, line in enumerate(lines):
        if quoted[index]:
            if own[-1]:
                own.append([])
                others.append("")
            others += _first_level(line)
        elif not dropped[index]:
            own[-1].append(line)
    runs = [run for run in own if not all(_ELISION.match(line) for line in run)]
    return Layers(runs, _without_attribution(others))


def _mark_spilled(lines: list[str], quoted: list[bool]) -> None:
    """Mark the short rest of an over-long quoted line, which lost its ">" to a wrapping mailer."""
    for index in range(1, len(lines) - 1):
        line = lines[index]
        if (
            not quoted[index]
            and quoted[index - 1]
            and quoted[index + 1]
            and 0 < len(line) <= _SPILLED
            and not line[0].isupper()
            and len(lines[index - 1]) >= _LONG_QUOTED
        ):
            quoted[index] = True


def _attributions(lines: list[str], quoted: list[bool]) -> list[bool]:
    """Which lines only say whose words the quote below them are."""
    dropped = [False] * len(lines)
    for index, is_quoted in enumerate(quoted):
        if not is_quoted or (index and quoted[index - 1]):
            continue
        last = index - 1
        while last >= 0 and not lines[last] and index - last <= 3:
            last -= 1
        if last < 0 or quoted[last] or not lines[last]:
            continue
        for line in range(_attribution_start(lines, last, quoted), last + 1):
            dropped[line] = True
    return dropped


def _attribution_start(lines: list[str], last: int, quoted: list[bool]) -> int:
    """The first line of the attribution that ends at `last`; `last + 1` if there is none."""
    if not _WROTE.search(lines[last].rstrip()):
        return last + 1
    found = last + 1
    for start in range(last, max(-1, last - 3), -1):
        if not lines[start] or quoted[start] or (start < last and lines[start][-1] in ".!?"):
            break
        if _OPENS.match(lines[start]):
            found = start
    if found <= last:
        return found
    at_paragraph = last == 0 or not lines[last - 1] or quoted[last - 1]
    short = len(lines[last].split()) <= _MOST_NAME_WORDS + 1
    return last if short and (at_paragraph or lines[last][:1].isupper()) else last + 1


def _first_level(line: str) -> list[str]:
    marks = _MARKS.match(line)
    if marks is None:  # a spilled rest
        return [line]
    return [line[marks.end() :]] if marks[1].count(">") == 1 else []


def _without_attribution(lines: list[str]) -> list[str]:
    """Drop attributions that the quote itself starts or, above a nested quote, ends with."""
    first = next((index for index, line in enumerate(lines) if line), len(lines))
    for last in range(first, min(first + 3, len(lines))):
        if _WROTE.search(lines[last]) and _OPENS.match(lines[first]):
            lines = lines[last + 1 :]
            break
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    start = _attribution_start(lines, end - 1, [False] * end) if end else 0
    return lines[:start]
