"""Text files of the usual formats, each read by its extension. Knows nothing of folders or marks.

A reader takes the bytes of a file and returns its text with what the file says of itself.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import PurePath
from typing import Any

from microtune_collectors import dates, front_matter, html_text
from microtune_collectors.encoding import NotText, decode
from microtune_collectors.formats.docx import read_docx
from microtune_collectors.formats.odt import read_odt
from microtune_collectors.formats.pdf import read_pdf
from microtune_collectors.formats.rtf import read_rtf
from microtune_collectors.formats.tex import read_tex
from microtune_collectors.formats.text import Text, Unreadable
from microtune_collectors.markdown import to_prose

LARGEST = 20 << 20  # bytes of a file that is read at all
LONGEST_ORG_LINE = 10_000  # characters; orgparse takes the square of a line's length

__all__ = ["LARGEST", "READERS", "Text", "Unreadable", "is_text", "read"]


def is_text(path: PurePath) -> bool:
    """Whether there is a reader for files of this name."""
    return path.suffix.lower() in READERS


def read(path: PurePath, data: bytes) -> Text:
    """The text in the bytes of a file of this name. Raises `Unreadable`."""
    try:
        text = READERS[path.suffix.lower()](data)
    except NotText as error:
        raise Unreadable("not text", str(error)) from error
    if not text.text.strip():
        raise Unreadable("no text")
    return text


def _plain(data: bytes) -> Text:
    return Text(decode(data))


def _markdown(data: bytes) -> Text:
    values, body = front_matter.split(decode(data))
    written = next((w for k in ("date", "created", "published") if (w := _date(values, k))), None)
    return Text(
        to_prose(body),
        title=front_matter.as_text(values.get("title")),
        author=front_matter.as_text(values.get("author") or values.get("authors")),
        written=written,
        recipients=front_matter.as_list(values.get("to")),
        labels=front_matter.as_list(values.get("tags")),
    )


def _date(values: dict[str, object], key: str) -> datetime | None:
    return dates.from_value(values.get(key))


def _html(data: bytes) -> Text:
    source = decode(data)
    head = html_text.properties(source)
    return Text(
        html_text.to_text(source, keep_code=False),
        title=head.get("title", ""),
        author=head.get("author", ""),
        written=dates.from_value(head.get("date")),
    )


_ORG_HIDDEN = re.compile(
    r"^[ \t]*#\+begin_(src|example|export|comment)\b(?:(?!#\+begin_\1\b).)*?"
    r"^[ \t]*#\+end_\1\b[^\n]*\n?"
    r"|^[ \t]*:[\w-]+:[ \t]*\n(?:[ \t]*(?!:end:)[^\n]*\n){0,300}?[ \t]*:end:[ \t]*(?:\n|\Z)"
    r"|^[ \t]*#\+begin_\w+[^\n]*\n|^[ \t]*#\+end_\w+[^\n]*\n?"  # a quote stays, its frame goes
    r"|^[ \t]*(?:\|[^\n]*|:(?:[ \t][^\n]*)?)(?:\n|\Z)",  # tables and fixed-width lines
    re.S | re.M | re.I,
)
_ORG_KEYWORD = re.compile(r"^[ \t]*#\+(\w+):[ \t]*(.*)$", re.M)
_ORG_COMMENT = re.compile(r"^[ \t]*#(?:\+\w+:.*|[ \t].*|)$\n?", re.M)


def _org(data: bytes) -> Text:
    import orgparse

    source = decode(data)
    said = {key.lower(): value.strip() for key, value in reversed(_ORG_KEYWORD.findall(source))}
    body = _ORG_COMMENT.sub("", _ORG_HIDDEN.sub("", source))
    too_long = any(len(line) > LONGEST_ORG_LINE for line in body.split("\n"))
    try:
        text = body if too_long else "\n\n".join(_org_texts(orgparse.loads(body)))
    except Exception:  # orgparse raises what it likes on broken stamps
        text = body
    return Text(
        re.sub(r"\n{3,}", "\n\n", text).strip("\n"),
        title=said.get("title", ""),
        author=said.get("author", ""),
        written=dates.from_org(said.get("date", "")),
        labels=tuple(label for label in said.get("filetags", "").split(":") if label.strip()),
    )


def _org_texts(root: Any) -> Iterator[str]:
    for node in root:
        for text in (node.get_heading() if node is not root else "", node.get_body()):
            if text and text.strip():
                yield text.strip("\n")


READERS: dict[str, Callable[[bytes], Text]] = {
    ".txt": _plain,
    ".text": _plain,
    ".md": _markdown,
    ".markdown": _markdown,
    ".org": _org,
    ".html": _html,
    ".htm": _html,
    ".docx": read_docx,
    ".odt": read_odt,
    ".pdf": read_pdf,
    ".rtf": read_rtf,
    ".tex": read_tex,
}
