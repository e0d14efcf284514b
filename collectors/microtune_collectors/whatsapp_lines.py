"""The lines of an exported WhatsApp chat, in all layouts, to messages with a time. Knows no files.

The export is not documented; these are the layouts that iOS ("[12/31/20, 10:22:11 PM] Ann: text")
and Android ("31.12.20, 22:22 - Ann: text") write, whose dates follow the phone's language.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Literal

from microtune_collectors.encoding import tidy

Order = Literal["dmy", "mdy", "ymd"]

FIRST = 5  # lines by which a chat is told from other texts

_HEAD = re.compile(
    r"""(?ix) ^[\u200e\u200f\ufeff]* (?P<bracket>\[?)
    (?P<first>\d{1,4}) (?P<separator>[./-])\s? (?P<second>\d{1,2}) (?P=separator)\s?
    (?P<third>\d{1,4}) \.? ,? \s
    (?:[a-z]+\s)?  # "klo", in Finnish
    (?P<hour>\d{1,2}) [:.] (?P<minute>\d\d) (?: [:.] (?P<seconds>\d\d))?
    (?: \s? (?P<half>[ap])\.?\s?m\.? )?
    (?: (?P<closed>\]) | \s[-–] ) \s""",
)
_NAME = re.compile(r"^([^:\n]{1,100}):(?:\s|$)")
_WROTE_THE_APP = re.compile(  # in place of what was sent: media, or a message taken back
    r"^\u200e|^<[^<>\n]+>$|^null$"
    r"|^(?:you deleted this message|this message was deleted"
    r"|du hast diese nachricht gelöscht|diese nachricht wurde gelöscht)\.?$",
    re.I,
)
_ATTACHED = re.compile(r"^\S+\.\w{2,4} \([^()\n]+\)(?:\n|$)")  # what follows is its caption
_EDITED = re.compile(r"(?<!\s)\s*(?:\u200e<[^<>\n]*>|<this message was edited>)$", re.I)
_MARKS = str.maketrans("", "", "\u200e\u200f\u202a\u202c\ufeff")


@dataclass(frozen=True, slots=True)
class Line:
    """One message. `author` is "" for what the app itself says; `text` "" where only media was."""

    when: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class _Stamp:
    """The figures of a date, as they stand in the file, and the time of day."""

    first: int
    second: int
    third: int
    separator: str
    hour: int
    minute: int
    seconds: int
    twelve: bool  # the clock shows am and pm

    def at(self, order: Order) -> datetime | None:
        year, month, day = {
            "dmy": (self.third, self.second, self.first),
            "mdy": (self.third, self.first, self.second),
            "ymd": (self.first, self.second, self.third),
        }[order]
        try:
            clock = (self.hour, self.minute, self.seconds)
            return datetime(year + 2000 * (year < 100), month, day, *clock, tzinfo=UTC)
        except ValueError:
            return None


def is_chat(lines: Iterable[str]) -> bool:
    """Whether the first lines of a file are those of an exported chat: times, and a name."""
    heads = [_head(line) for line in [line for line in lines if line.strip()][:FIRST]]
    return bool(heads and heads[0]) and any(head and _NAME.match(head[1]) for head in heads)


def date_order(lines: Iterable[str]) -> Order:
    """How this file writes its dates: told by days over 12, else by which order never goes back.

    Where nothing tells, a slash and a clock with am and pm mean that the month comes first.
    """
    stamps = [head[0] for line in lines if (head := _head(line))]
    if any(stamp.first > 31 for stamp in stamps):
        return "ymd"
    impossible = Counter[Order]()
    for order in ("dmy", "mdy"):
        moments = [stamp.at(order) for stamp in stamps]
        impossible[order] = sum(moment is None for moment in moments) * len(stamps)
        known = [moment for moment in moments if moment]
        impossible[order] += sum(after < before for before, after in pairwise(known))
    if impossible["dmy"] != impossible["mdy"]:
        return "dmy" if impossible["dmy"] < impossible["mdy"] else "mdy"
    american = any(stamp.separator == "/" and stamp.twelve for stamp in stamps)
    return "mdy" if american else "dmy"


def messages(lines: Iterable[str], order: Order) -> Iterator[Line]:
    """Yield the messages; lines without a time of their own go on with the one before.

    The times have no zone in the file, and are taken as UTC.
    """
    when: datetime | None = None
    author, parts = "", list[str]()
    for line in lines:
        line = line.rstrip("\r\n")
        head = _head(line)
        moment = head[0].at(order) if head else None
        if head is None or moment is None:
            parts.append(line)
            continue
        if when:
            yield _line(when, author, parts)
        when, rest = moment, head[1]
        name = _NAME.match(rest)
        author = name[1].translate(_MARKS).strip() if name else ""
        parts = [rest[name.end() :] if name else rest]
    if when:
        yield _line(when, author, parts)


def _line(when: datetime, author: str, parts: list[str]) -> Line:
    text = _ATTACHED.sub("", _EDITED.sub("", "\n".join(parts).strip()))
    if _WROTE_THE_APP.match(text):
        text = ""
    return Line(when, tidy(author), tidy(text.translate(_MARKS)).strip())


def _head(line: str) -> tuple[_Stamp, str] | None:
    """The time that a line begins with, and what follows it."""
    match = _HEAD.match(line)
    if not match or bool(match["bracket"]) != bool(match["closed"]):
        return None
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + 12 * (match["half"].lower() == "p")
    stamp = _Stamp(
        first=int(match["first"]),
        second=int(match["second"]),
        third=int(match["third"]),
        separator=match["separator"],
        hour=hour,
        minute=int(match["minute"]),
        seconds=int(match["seconds"] or 0),
        twelve=match["half"] is not None,
    )
    return stamp, line[match.end() :]
