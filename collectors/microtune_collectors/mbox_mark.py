"""How far an mbox has been read, and whether that still holds.

A mark tells size, time and offset of the file as it was, and hashes of its head and of what
stands before the offset. Knows nothing of messages.
"""

import json
import os
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import BinaryIO

HEAD = 64 << 10  # bytes from the start that are hashed
TAIL = 4 << 10  # bytes before the offset that are hashed


@dataclass(frozen=True, slots=True)
class Position:
    """A mark. `offset`: everything before it has been read."""

    size: int
    mtime_ns: int
    offset: int
    head: str
    tail: str

    @classmethod
    def at(cls, file: BinaryIO, status: os.stat_result, offset: int) -> "Position":
        head = _hash(file, 0, min(HEAD, offset))
        tail = _hash(file, max(offset - TAIL, 0), offset)
        return cls(status.st_size, status.st_mtime_ns, offset, head, tail)

    @classmethod
    def parse(cls, mark: str) -> "Position | None":
        """The position in a mark, None for one that is not ours."""
        try:
            return cls(**json.loads(mark))
        except (ValueError, TypeError):
            return None

    def __str__(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))


def start(file: BinaryIO, status: os.stat_result, mark: str) -> int:
    """The offset to read from: the file's size if it has not changed, 0 if all is to be read."""
    before = Position.parse(mark)
    if before is None or before.offset > status.st_size:
        return 0
    unchanged = (before.size, before.mtime_ns) == (status.st_size, status.st_mtime_ns)
    if unchanged and before.offset == status.st_size:
        return status.st_size
    if not unchanged and status.st_size <= before.size:
        return 0
    now = Position.at(file, status, before.offset)
    holds = (now.head, now.tail) == (before.head, before.tail)
    return before.offset if holds and _message_begins(file, before.offset) else 0


def _message_begins(file: BinaryIO, offset: int) -> bool:
    """Whether a From_ line follows, so that the last message read was complete."""
    file.seek(offset)
    return file.read(16).lstrip(b"\r\n").startswith(b"From ")


def _hash(file: BinaryIO, begin: int, end: int) -> str:
    file.seek(begin)
    return sha256(file.read(end - begin)).hexdigest()[:32]
