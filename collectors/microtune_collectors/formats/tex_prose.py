"""The prose in a piece of LaTeX: macros, maths, floats and references go, their text stays.

Reads from left to right once and never raises; what does not close within reach is passed over.
"""

import re
from collections.abc import Iterator

from microtune_collectors.formats.tex_symbols import SYMBOLS, with_accents
from microtune_collectors.formats.text import paragraphs

FAR = 5_000  # characters within which a bracket or a formula must close

NO_PROSE = """
    equation eqnarray align alignat flalign multline gather displaymath math dmath subequations
    figure table wrapfigure sidewaystable tabular tabularx tabulary longtable array verbatim
    Verbatim lstlisting minted alltt algorithm algorithmic tikzpicture pgfpicture picture
    thebibliography filecontents comment
"""
ONE_ARGUMENT = """
    ref eqref pageref autoref nameref cref Cref vref label index glossary nocite cite citep citet
    citeauthor citeyear autocite parencite textcite footcite fullcite Textcite Parencite pagestyle
    thispagestyle pagenumbering bibliography bibliographystyle input include usetikzlibrary
    hypersetup graphicspath vspace hspace phantom hyphenation usepackage documentclass thanks
    addbibresource includegraphics footnote footnotetext title author date url
    textcolor colorbox href
"""  # of the last three the text is in the second
TWO_ARGUMENTS = """
    newcommand renewcommand providecommand setlength addtolength setcounter addtocounter newtheorem
"""
SECTIONS = "part chapter section subsection subsubsection paragraph subparagraph"

LEFT_OUT = set(NO_PROSE.split())  # environments
SILENT = {  # macros that go with what stands in their braces: name → how many of those
    **dict.fromkeys(ONE_ARGUMENT.split(), 1),
    **dict.fromkeys(TWO_ARGUMENTS.split(), 2),
    "newenvironment": 3,
    "renewenvironment": 3,
}
HEADINGS = set(SECTIONS.split())
MATHS = {"$": "$", "$$": "$$", r"\(": r"\)", r"\[": r"\]"}

_TOKEN = re.compile(
    r"\\(?P<edge>begin|end)\s*\{(?P<name>[^{}\n]{0,40})\}|\\(?P<macro>[A-Za-z@]+)\*?[ \t]*\n?[ \t]*"
    r"|(?P<sign>\\.|\$\$?|[{}~\\])|(?P<words>[^\\${}~]+)",
    re.S,
)
_BRACE = re.compile(r"\\.|[{}]", re.S)
_SPACES = re.compile(r"[ \t]*\n?[ \t]*")
_EMPTY = re.compile(r"[(\[][ ,;]{0,20}[)\]]")  # where references stood
_SPACE_BEFORE = re.compile(r" ([,.;:!?)])")
_DASHES = {"---": "—", "--": "–", "``": "“", "''": "”"}


def prose(source: str) -> str:
    """The text of LaTeX without comments; paragraphs are divided by an empty line."""
    text = "".join(_Reading(with_accents(source)).pieces())
    for typed, meant in _DASHES.items():
        text = text.replace(typed, meant)
    return _SPACE_BEFORE.sub(r"\1", paragraphs(_EMPTY.sub("", paragraphs(text))))


def matching_braces(source: str) -> dict[int, int]:
    """Where each group opens → where it has closed; of what never closes nothing."""
    closes: dict[int, int] = {}
    open_at: list[int] = []
    for brace in _BRACE.finditer(source):
        if brace[0] == "{":
            open_at.append(brace.start())
        elif brace[0] == "}" and open_at:
            closes[open_at.pop()] = brace.end()
    return closes


class _Reading:
    """One source on the way through it. Every method takes and returns positions in it."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._closes = matching_braces(source)
        self._breaks: set[int] = set()  # ends of headings, where a paragraph ends too
        self._unclosed: set[str] = set()  # environments that do not end any more

    def pieces(self) -> Iterator[str]:
        at = 0
        while token := _TOKEN.match(self._source, at):
            at = token.end()
            if token["words"]:
                yield token["words"]
            elif token["edge"]:
                yield "\n\n"
                at = self._after_edge(at, token["edge"], token["name"].strip().rstrip("*"))
            elif token["macro"]:
                text, at = self._macro(at, token["macro"])
                yield text
            else:
                text, at = self._sign(at, token["sign"])
                yield text

    def _after_edge(self, at: int, edge: str, name: str) -> int:
        """Behind a `\\begin{…}` with its options, or behind the whole of what holds no prose."""
        if edge == "end":
            return at
        if name in LEFT_OUT and name not in self._unclosed:
            ending = re.compile(rf"\\end\s*\{{{name}\*?\s*\}}")
            if ended := ending.search(self._source, at):
                return ended.end()
            self._unclosed.add(name)
        return self._after_option(at)

    def _macro(self, at: int, name: str) -> tuple[str, int]:
        """What a macro says, and where to read on."""
        if name in SYMBOLS:
            return SYMBOLS[name], at + 2 * self._source.startswith("{}", at)
        if name == "verb":
            end = self._source.find(self._source[at : at + 1] or "|", at + 1, at + 200)
            return "", end + 1 or at
        if name == "item":
            return "\n- ", self._after_option(at)
        if name in HEADINGS:
            at = self._after_option(at)
            self._breaks.add(self._closes.get(at, -1))
            return "\n\n", at
        return ("\n\n" if name == "par" else ""), self._after_arguments(at, SILENT.get(name, 0))

    def _sign(self, at: int, sign: str) -> tuple[str, int]:
        """What a sign before `at` says, and where to read on."""
        if sign in MATHS:
            end = self._source.find(MATHS[sign], at, at + FAR)
            is_formula = end >= 0 and "\n\n" not in self._source[at:end]
            return "", end + len(MATHS[sign]) if is_formula else at
        if sign == "\\\\":
            return "\n", self._after_option(at)
        if sign == "}":
            return ("\n\n" if at in self._breaks else ""), at
        if sign in ("\\,", "\\ ", "\\;", "\\:", "~", "\\\n"):
            return " ", at
        return (sign[1:] if sign[1:] in set("%&#_${}") else ""), at

    def _after_arguments(self, at: int, count: int) -> int:
        """Behind `count` arguments in braces and the options before them."""
        for _ in range(count):
            while (after := self._after_option(self._spaces(at))) != self._spaces(at):
                at = after
            at = self._closes.get(self._spaces(at), at)
        return at

    def _after_option(self, at: int) -> int:
        """Behind what stands in brackets at `at`, if anything does."""
        if not self._source.startswith("[", at):
            return at
        return self._source.find("]", at, at + FAR) + 1 or at

    def _spaces(self, at: int) -> int:
        found = _SPACES.match(self._source, at)
        return found.end() if found else at
