"""One spelling for the same characters. Works on any plain text and knows nothing of mail."""

import re
import unicodedata

_BREAKS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
# Control characters, lone surrogates and invisible fillers (HTML mail is full of them). The
# joiners U+200C and U+200D stay: Persian, Indic scripts and emoji are spelt with them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u034f\u200b\u200e\u200f\u2060\ufeff"
    "\ufffe\uffff\ud800-\udfff]"
)
_NO_BREAK_SPACES = str.maketrans("\xa0\u2007\u202f", "   ")
_MANY_BLANK = re.compile(r"\n{3,}")


def normalise(text: str) -> str:
    """`text` in NFC with "\\n" line ends, no invisible characters, tabs or trailing spaces.

    Blank lines are kept as they are, because their number can tell where a quoted message starts.
    """
    text = _INVISIBLE.sub("", _BREAKS.sub("\n", text))
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_NO_BREAK_SPACES))
    if "\t" in text:
        text = text.expandtabs(4)
    return "\n".join([line.rstrip() for line in text.split("\n")])


def tidy(text: str) -> str:
    """`text` with at most one blank line in a row, and none at its ends."""
    return _MANY_BLANK.sub("\n\n", text).strip("\n")


def clip(text: str, limit: int) -> str:
    """The start of `text`, at most `limit` characters, cut between paragraphs or words."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    for mark in ("\n\n", "\n", " "):
        at = head.rfind(mark)
        if at > limit // 2:
            return head[:at].rstrip()
    return head
