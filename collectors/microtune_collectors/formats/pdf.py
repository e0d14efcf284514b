"""PDF documents (.pdf, ISO 32000): the text of their pages as prose. Scans hold none."""

import io
import time
from typing import Any

from microtune_collectors import dates
from microtune_collectors.encoding import tidy
from microtune_collectors.formats.pdf_lines import Line, without_margins
from microtune_collectors.formats.pdf_prose import prose
from microtune_collectors.formats.text import Text, Unreadable, damaged, one_line, silence

MOST_PAGES = 1_000
LARGEST_PAGE = 4 << 20  # bytes of a page's content, unpacked: more is a drawing
LONGEST = 60.0  # seconds after which reading is given up between two pages


def read_pdf(data: bytes) -> Text:
    """The text of a PDF document; one that opens without a password is no encrypted one.

    Raises `Unreadable`.
    """
    silence("pypdf")
    try:
        import pypdf
        from pypdf.errors import DependencyError

        try:
            reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
            if reader.is_encrypted and not reader.decrypt(""):
                raise Unreadable("encrypted")
            return _text(reader)
        except DependencyError as error:  # AES without the library for it
            raise Unreadable("encrypted", str(error)) from error
    except Unreadable:
        raise
    except Exception as error:  # on damaged files pypdf raises far more than its own errors
        raise damaged(error) from error


def _text(reader: Any) -> Text:
    said = reader.metadata or {}
    pages = without_margins(_pages(reader))
    return Text(
        tidy(prose(pages)),
        title=_property(said, "/Title").removeprefix("Microsoft Word - "),
        author=_property(said, "/Author"),
        written=dates.from_value(getattr(said, "creation_date", None)),
    )


def _pages(reader: Any) -> list[list[Line]]:
    """The lines of each page in the order in which they are drawn."""
    if len(reader.pages) > MOST_PAGES:
        raise Unreadable("too large", f"{len(reader.pages)} pages")
    began = time.monotonic()
    pages: list[list[Line]] = []
    for page in reader.pages:
        if time.monotonic() - began > LONGEST:
            raise Unreadable("too large", f"reading it took longer than {LONGEST:.0f} s")
        pages.append(_lines(page))
    return pages


def _lines(page: Any) -> list[Line]:
    content = page.get_contents()
    if content is None:
        return []
    if len(content.get_data()) > LARGEST_PAGE:
        raise Unreadable("too large", "a page is a large drawing")
    lines: list[Line] = []
    pending: list[tuple[str, float, float, float]] = []

    def draw(text: str, moved: Any, drawn: Any, font: Any, size: float) -> None:
        x = drawn[4] * moved[0] + drawn[5] * moved[2] + moved[4]
        y = drawn[4] * moved[1] + drawn[5] * moved[3] + moved[5]
        for number, piece in enumerate(text.split("\n")):
            if number:
                _end_line(pending, lines)
            if piece.strip():
                pending.append((piece, x, y, size))

    page.extract_text(visitor_text=draw)
    _end_line(pending, lines)
    return lines


def _end_line(pending: list[tuple[str, float, float, float]], lines: list[Line]) -> None:
    if pending:
        _, x, y, size = pending[0]
        lines.append(Line("".join(piece for piece, *_ in pending).strip(), x, y, size))
        pending.clear()


def _property(said: Any, name: str) -> str:
    value = said.get(name)
    return one_line(str(value)) if value else ""
