"""What every reader of a format returns: a text with what its file says of itself, or a refusal."""

import logging
import re
from dataclasses import dataclass
from datetime import datetime
from errno import EIO

from microtune.errors import is_of_the_machine


class Unreadable(ValueError):
    """A file that is not taken. `reason` is short and counted, `detail` is for people."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class Text:
    """A text and what its own file says of it; `written` None: the file does not say."""

    text: str
    title: str = ""
    author: str = ""
    written: datetime | None = None
    recipients: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def damaged(error: Exception) -> Unreadable:
    """The refusal of a file that its library could not read.

    Raises `OSError` where the library could not be loaded, say: that may pass, a refusal does not.
    """
    if is_of_the_machine(error):
        raise OSError(getattr(error, "errno", None) or EIO, str(error)) from error
    return Unreadable("damaged file", f"{type(error).__name__}: {error}"[:200])


def refuse_larger(data: bytes, limit: int) -> None:
    """Raises `Unreadable` for more bytes than a reader gets through in reasonable time."""
    if len(data) > limit:
        raise Unreadable("too large", f"{len(data) / (1 << 20):.1f} MB")


def one_line(text: str) -> str:
    """The words of a title or a name on one line."""
    return " ".join(text.split())


def paragraphs(text: str) -> str:
    """The same text with single spaces in its lines and one empty line between paragraphs."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def silence(library: str) -> None:
    """Keep a library from telling people on standard error what it thinks of their file."""
    logging.getLogger(library).setLevel(logging.CRITICAL)
