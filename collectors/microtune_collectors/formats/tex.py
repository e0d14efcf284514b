"""LaTeX sources (.tex): the prose of the document; the preamble and what follows its end stay out.

No TeX is run: pylatexenc, the library for this, took a minute for 100 KB of plain prose.
"""

import re

from microtune_collectors import dates
from microtune_collectors.encoding import decode
from microtune_collectors.formats.tex_prose import matching_braces, prose
from microtune_collectors.formats.text import Text, one_line, refuse_larger

LARGEST = 4 << 20  # bytes: longer than any book
LONGEST = 1_000  # characters of a title, an author or a date

_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%.*(?:\n[ \t]*(?=\S))?")


def read_tex(data: bytes) -> Text:
    """The prose of a LaTeX source; one without `\\begin{document}` is read whole.

    Raises `Unreadable`.
    """
    refuse_larger(data, LARGEST)
    source = _COMMENT.sub(r"\1", decode(data))
    preamble, begun, body = source.partition(r"\begin{document}")
    body = body.partition(r"\end{document}")[0] if begun else preamble
    return Text(
        prose(body),
        title=_said(source, "title"),
        author=_said(source, "author"),
        written=dates.from_value(_said(source, "date")),
    )


def _said(source: str, macro: str) -> str:
    """What stands in the braces of a macro's first use, as prose; of authors the first."""
    found = re.search(rf"\\{macro}\s*(?:\[[^\]\n]{{0,{LONGEST}}}\]\s*)?(?=\{{)", source)
    if not found:
        return ""
    near = source[found.end() : found.end() + LONGEST]
    given = near[1 : matching_braces(near).get(0, 1) - 1]
    return one_line(prose(given.partition(r"\and")[0]))
