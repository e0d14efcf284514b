"""A stream of bytes in mbox form to its messages, in bounded memory (RFC 4155, mboxo, mboxrd).

Knows nothing of mail beyond the From_ lines that divide it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

LOOK_AHEAD = 4096  # bytes that must be there to judge a From_ line

_FROM_LINE = re.compile(
    rb"From (?>.*?\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b)(?>.*?\d:\d\d)"
    rb".*\b\d{4}\b"  # (?>…): the first month and time of day will do, no others are tried
)
_HEADER_LINE = re.compile(
    rb">From |(?:return-path|received|delivered-to|message-id|date|from|to|cc|subject|sender"
    rb"|reply-to|mime-version|content-[a-z-]+|status|dkim-signature|x-[a-z0-9-]+):",
    re.I,
)
_ESCAPED = re.compile(rb"^>(>*From )", re.M)


@dataclass(frozen=True, slots=True)
class Raw:
    """A message as it stands in the stream, at bytes `offset` to `end`.

    `envelope`: its From_ line. `data`: the message, `whole` or only its beginning. `last`: the
    stream ends with it.
    """

    offset: int
    end: int
    envelope: bytes
    data: bytes
    whole: bool
    last: bool


def split(blocks: Iterable[bytes], offset: int = 0, keep: int = 4 << 20) -> Iterator[Raw]:
    """Divide a stream that begins at `offset` of its file into messages.

    Of a message longer than `keep` bytes (and a block) only the first `keep` are held and
    yielded. Bytes before the first From_ line count as a message, so that nothing is lost.
    """
    buffer, base = b"", offset  # `base`: where in the file the buffer begins
    kept: tuple[int, bytes] | None = None  # offset and beginning of a message too long to hold
    for block in chain(blocks, (None,)):
        buffer += block or b""
        begin, search = 0, 1 if kept else 0  # what is kept has been judged from its start
        while (at := _next_from_line(buffer, search, block is None)) >= 0:
            search = at + 1
            if not _divides(buffer, at):
                continue
            if kept or buffer[begin:at].strip():
                yield _raw(kept, buffer[begin:at], base + begin, base + at)
            kept, begin = None, at
        if block is None:
            if kept or buffer[begin:].strip():
                yield _raw(kept, buffer[begin:], base + begin, base + len(buffer), last=True)
            return
        if kept is None and len(buffer) - begin > keep + LOOK_AHEAD:
            kept = (base + begin, buffer[begin : begin + keep])
        if kept:  # only a From_ line at the seam still matters
            begin = max(begin, len(buffer) - LOOK_AHEAD)
        buffer, base = buffer[begin:], base + begin


def unescape(data: bytes) -> bytes:
    """Take back the ">" that mbox writers put before "From " at the start of a line."""
    return _ESCAPED.sub(rb"\1", data) if b">From " in data else data


def _next_from_line(buffer: bytes, search: int, at_end: bool) -> int:
    """Where the next line begins with "From ", -1 if none is (or cannot be judged yet)."""
    if search == 0 and buffer.startswith(b"From "):
        at = 0
    else:
        at = buffer.find(b"\nFrom ", max(search - 1, 0)) + 1
        if at == 0:
            return -1
    return at if at_end or len(buffer) - at >= LOOK_AHEAD else -1


def _divides(buffer: bytes, at: int) -> bool:
    """Whether the line at `at` is a From_ line: by its date, or by the header that follows."""
    line_end = buffer.find(b"\n", at, at + LOOK_AHEAD)
    if line_end < 0:
        return False
    if _FROM_LINE.match(buffer, at, line_end):
        return True
    after_empty = at == 0 or buffer[max(at - 3, 0) : at].endswith((b"\n\n", b"\n\r\n"))
    return after_empty and _HEADER_LINE.match(buffer, line_end + 1) is not None


def _raw(
    kept: tuple[int, bytes] | None, data: bytes, offset: int, end: int, last: bool = False
) -> Raw:
    if kept:
        offset, data = kept
    envelope = b""
    if data.startswith(b"From "):
        envelope, _, data = data.partition(b"\n")
    if data.endswith(b"\n\n"):  # the empty line belongs to the mbox, not to the message
        data = data[:-1]
    elif data.endswith(b"\r\n\r\n"):
        data = data[:-2]
    return Raw(offset, end, envelope, data, kept is None, last)
