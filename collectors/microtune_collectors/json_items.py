"""The items of one long JSON array, one by one, in bounded memory; and what is in an item.

Archives of posts are one array of hundreds of megabytes, which `json.load` would hold twice.
Knows nothing of any service.
"""

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from microtune_collectors.encoding import tidy

BLOCK = 1 << 16  # bytes
LONGEST = 1 << 24  # characters of one item; a longer one is no post
_SPACE = re.compile(r"\s*")
_COMMA_OR_END = re.compile(r"\s*([,\]])")


class Damaged(ValueError):
    """What should have been JSON is not, or ends too early."""


def items(stream: BinaryIO, start: str) -> Iterator[object]:
    """Yield each item of the array whose opening bracket follows the first match of `start`.

    Raises `Damaged`, after the items before it, where the array breaks off or is none.
    """
    text = _Text(stream)
    text.skip_to(re.compile(start + r"\s*\["))
    if text.next_is("]"):
        return
    goes_on = True
    while goes_on:
        item, goes_on = text.item()
        yield item


def part_at(given: object, key: str) -> Mapping[str, Any]:
    """The object under a key; an empty one where there is none, as archives are hand-made too."""
    part = given.get(key) if isinstance(given, dict) else None
    return part if isinstance(part, dict) else {}


def text_at(given: Mapping[str, Any], key: str) -> str:
    """The text under a key, "" where there is none."""
    value = given.get(key)
    return tidy(value) if isinstance(value, str) else ""


class _Text:
    """A stream of UTF-8 with as much of it in memory as the next item takes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._decoder = json.JSONDecoder()
        self._buffer = ""
        self._at = 0  # what is before it was read; cut off item by item it would take the square

    def skip_to(self, pattern: re.Pattern[str]) -> None:
        """Go on after the first match. Raises `Damaged` where there is none."""
        while not (match := pattern.search(self._buffer, self._at)):
            self._read_on()
        self._at = match.end()

    def next_is(self, character: str) -> bool:
        """Whether this is what follows, white space apart."""
        while self._skip_space() == len(self._buffer):
            self._read_on()
        return self._buffer[self._at] == character

    def item(self) -> tuple[object, bool]:
        """The next value, and whether another one follows. One that neither a comma nor the end
        follows yet might go on, as figures do.
        """
        while True:
            try:
                item, end = self._decoder.raw_decode(self._buffer, self._skip_space())
                if after := _COMMA_OR_END.match(self._buffer, end):
                    self._at = after.end()
                    return item, after[1] == ","
            except RecursionError:
                raise Damaged("nested too deeply") from None
            except ValueError:
                pass
            self._read_on()

    def _skip_space(self) -> int:
        if space := _SPACE.match(self._buffer, self._at):
            self._at = space.end()
        return self._at

    def _read_on(self) -> None:
        """Twice as much each time, so that a long item is not tried too often."""
        rest = self._buffer[self._at :]
        more = self._stream.read(max(BLOCK, len(rest)))
        if not more or len(rest) > LONGEST:
            raise Damaged("the array ends too early, or holds what is no JSON")
        self._buffer, self._at = rest + self._utf8.decode(more), 0
