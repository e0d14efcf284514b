"""Rich Text Format (.rtf, specification 1.9.1): paragraphs; tables, notes, pictures stay out."""

import re

from microtune_collectors.encoding import decode_as, tidy
from microtune_collectors.formats.text import Text, Unreadable, damaged, one_line, refuse_larger

LARGEST = 4 << 20  # bytes without pictures; striprtf takes about a second for a megabyte

_HEX = re.compile(rb"[0-9a-fA-F\r\n]{256,}")  # pictures and objects
_CODE_PAGE = re.compile(rb"\\ansicpg(\d{1,5})")
_LINE = re.compile(r"\\line(?![a-zA-Z])[ ]?")  # striprtf makes a paragraph's end of it
_ROW = re.compile(r"^.*\|[ \t]*$\n?", re.M)  # what striprtf makes of a table
_PROPERTY = r"\{\\%s\s++((?:[^{}\\]|\\'[0-9a-fA-F]{2}|\\[a-z]++-?+\d*+\s?+){1,300}+)\}"


def read_rtf(data: bytes) -> Text:
    """The text of an RTF document. Raises `Unreadable`."""
    if not data.lstrip()[:5] == b"{\\rtf":
        raise Unreadable("damaged file", "no RTF header")
    data = _HEX.sub(b"", data)
    refuse_larger(data, LARGEST)
    page = _CODE_PAGE.search(data)
    source = decode_as(data, f"cp{int(page[1]) if page else 1252}")
    lines = _ROW.sub("", _plain(_LINE.sub(r"\\'0b", source))).split("\n")
    blocks = (re.sub(r"[ \t]*\v[ \t]*", "\n", line).strip() for line in lines)
    text = "\n\n".join(block for block in blocks if block)
    return Text(text, _property(source, "title"), _property(source, "author"))


def _plain(source: str) -> str:
    from striprtf.striprtf import rtf_to_text

    try:
        # without the word, striprtf leaves out where a link leads
        text: str = rtf_to_text(source.replace("HYPERLINK", ""), errors="replace")
    except Exception as error:  # striprtf raises what its Python lines happen to raise
        raise damaged(error) from error
    return tidy(text).replace("\xa0", " ").replace("\xad", "")


def _property(source: str, name: str) -> str:
    found = re.search(_PROPERTY % name, source[: 1 << 16])
    return one_line(_plain("{\\rtf1 " + found[1] + "}")) if found else ""
