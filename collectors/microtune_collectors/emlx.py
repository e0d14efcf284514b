"""Apple Mail's messages (.emlx): a line with a number of bytes, the message, a property list.

A `.partial.emlx` is one whose attachments lie elsewhere. Knows nothing of folders. Apple documents
neither format nor flags; both are as Jamie Zawinski described them (jwz.org, 2005).
"""

import plistlib
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

DELETED, ANSWERED, DRAFT, JUNK = 1 << 1, 1 << 2, 1 << 6, 1 << 24  # bits of "flags"
LARGEST_PLIST = 1 << 20  # bytes

_COUNT = re.compile(rb"\s*(\d{1,12})[ \t]*\r?\n")


@dataclass(frozen=True, slots=True)
class Emlx:
    """A message as it was sent, `whole` or only its beginning, and what Mail noted beside it."""

    message: bytes
    whole: bool
    flags: int = 0

    @property
    def is_answered(self) -> bool:
        return bool(self.flags & ANSWERED)

    @property
    def against(self) -> tuple[str, str] | None:
        """Why the message is not taken (reason, detail), or None."""
        if self.flags & DELETED:
            return "deleted", ""
        if self.flags & DRAFT:
            return "machine-made", "draft"
        return ("machine-made", "spam") if self.flags & JUNK else None


def is_emlx(path: PurePath) -> bool:
    """Whether files of this name hold one message of Apple Mail."""
    return path.suffix.lower() == ".emlx"


def parse(data: bytes) -> Emlx:
    """The message in the first bytes of an .emlx. Never raises.

    Without a count of bytes the whole is taken as the message.
    """
    count = _COUNT.match(data)
    if not count:
        return Emlx(data, whole=True)
    end = count.end() + int(count[1])
    return Emlx(data[count.end() : end], len(data) >= end, _flags(data[end : end + LARGEST_PLIST]))


def _flags(plist: bytes) -> int:
    try:
        said: Any = plistlib.loads(plist.strip())
        return int(said["flags"])
    except Exception:  # plistlib raises what its parsers raise
        return 0
