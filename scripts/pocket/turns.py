"""Cuts transcripts, chats and minutes into turns: who said what, and what it answers.

Knows three layouts: `Name: text` in paragraphs or in lines, and IRC lines whose text begins with
the name of the person spoken to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_SAID = re.compile(r"^([^\W\d_][\w.'’ -]{0,39}): +(\S.*)$", re.S)
_SPOKEN_TO = re.compile(r"^([\w\[\]`^{}|-]{2,20})[:,] +(\S.*)$", re.S)


@dataclass(frozen=True, slots=True)
class Said:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """A message of `asker` and the answer of somebody else."""

    asker: str
    message: str
    answer: str


def turns(text: str) -> list[Said]:
    """What each speaker said in turn; paragraphs without a name belong to the turn before.

    Empty when the text is not a transcript: fewer than half of its paragraphs begin with a name.
    """
    parts = text.split("\n\n") if "\n\n" in text else text.split("\n")
    made: list[Said] = []
    named = 0
    for part in filter(None, map(str.strip, parts)):
        match = _SAID.match(part)
        named += bool(match)
        if match and not (made and made[-1].name == match[1]):
            made.append(Said(match[1], match[2]))
        elif made:
            more = match[2] if match else part
            made[-1] = Said(made[-1].name, f"{made[-1].text}\n\n{more}")
    return made if named >= 2 and 2 * named >= len(parts) else []


def exchanges(said: list[Said]) -> Iterator[Exchange]:
    """Neighbouring turns of two people; in IRC, a line and the last line of whom it addresses."""
    names = {one.name for one in said}
    addressed = [(m[1], m[2]) if (m := _SPOKEN_TO.match(s.text)) else ("", "") for s in said]
    if sum(to in names for to, _ in addressed) * 5 > len(said):
        yield from _addressed(said, addressed)
        return
    for one, other in pairwise(said):
        if one.name != other.name:
            yield Exchange(one.name, one.text, other.text)


def _addressed(said: list[Said], addressed: list[tuple[str, str]]) -> Iterator[Exchange]:
    last: dict[str, str] = {}
    for one, (to, text) in zip(said, addressed, strict=True):
        if to in last and to != one.name:
            yield Exchange(to, last[to], text)
        last[one.name] = text or one.text
