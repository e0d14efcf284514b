"""The text that a person hands to `reply` or `rewrite`: a file, or standard input.

It knows nothing of what is made of it, and keeps nothing of it.
"""

import re
import sys
from pathlib import Path

from microtune.curation.normalise import normalise
from microtune.errors import MicrotuneError
from microtune.receiving import senders_words
from microtune_collectors.encoding import NotText, decode
from microtune_collectors.received import Received, read_received

LARGEST_MESSAGE = 4 << 20  # bytes that are read of a message: its text comes before attachments
_ID = re.compile(r"[0-9a-fA-F]{4,64}")
LARGEST_TEXT = 200_000  # bytes of a text to rewrite; a whole novel would take the model days


def could_be_id(given: str) -> bool:
    """Whether this names no file and looks like the id of a message in the store."""
    return _ID.fullmatch(given) is not None and not Path(given).exists()


def message_to_answer(file: str) -> Received:
    """The message in `file`, reduced to its sender's own words: what they quote is not to be
    answered. Raises `MicrotuneError` if it cannot be read or holds no text."""
    message = read_received(_read(file, LARGEST_MESSAGE))
    own = senders_words(message.text, message.subject)
    if not own:
        raise MicrotuneError(
            f"{_name(file)} holds no text to answer", "Choose another message, saved as .eml."
        )
    return Received(own, message.sender, message.subject)


def text_to_rewrite(file: str) -> str:
    """The text in `file`. Raises `MicrotuneError` if it cannot be read, is too long or no text."""
    data = _read(file, LARGEST_TEXT + 1)
    if len(data) > LARGEST_TEXT:
        raise MicrotuneError(
            f"{_name(file)} is longer than {LARGEST_TEXT // 1000} kB", "Rewrite it part by part."
        )
    try:
        text = normalise(decode(data)).strip()
    except NotText as error:
        raise MicrotuneError(
            f"{_name(file)} is no text file ({error})", "Save it as plain text first."
        ) from error
    if not text:
        raise MicrotuneError(f"{_name(file)} holds no text", "Give a file with words in it.")
    return text


def _read(file: str, most: int) -> bytes:
    """The first `most` bytes of a file, or of standard input for "-"."""
    if file == "-":
        return sys.stdin.buffer.read(most)
    try:
        with Path(file).expanduser().open("rb") as stream:
            return stream.read(most)
    except OSError as error:
        raise MicrotuneError(
            f"cannot read {file} ({error.strerror})", "Check the path, or use - for standard input."
        ) from error


def _name(file: str) -> str:
    return "standard input" if file == "-" else file
