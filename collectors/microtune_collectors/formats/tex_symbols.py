"""Letters that LaTeX writes as macros: accents and symbols. Knows nothing of documents."""

import re
import unicodedata

SYMBOLS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å",
    "AA": "Å", "l": "ł", "L": "Ł", "i": "i", "j": "j", "ldots": "…", "dots": "…",
    "textellipsis": "…", "textendash": "–", "textemdash": "—", "textquoteleft": "‘",
    "textquoteright": "’", "textquotedblleft": "“", "textquotedblright": "”", "glqq": "„",
    "grqq": "“", "guillemotleft": "«", "guillemotright": "»", "og": "«", "fg": "»",
    "texteuro": "€", "euro": "€", "pounds": "£", "S": "§", "P": "¶", "copyright": "©",
    "textdegree": "°", "textbackslash": "\\", "textasciitilde": "~", "LaTeX": "LaTeX",
    "TeX": "TeX", "quad": " ", "qquad": " ", "newline": "\n", "linebreak": "\n", "slash": "/",
    "textbar": "|", "textless": "<", "textgreater": ">", "textperiodcentered": "·",
}  # fmt: skip
ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328",
    "r": "\u030a", "d": "\u0323", "b": "\u0331",
}  # fmt: skip

_ACCENT = re.compile(
    r"(?<!\\)\\(?:(?P<sign>['`^\"~=.])[ \t]*|(?P<letter>[uvHckrdb])(?:[ \t]+|(?=\{)))"
    r"(?:\{\\?(?P<grouped>[A-Za-z])\s*\}|(?P<i>\\[ij])(?![A-Za-z])[ \t]?|(?P<bare>[A-Za-z]))"
)


def with_accents(source: str) -> str:
    """The same LaTeX with `\\'e`, `\\"{u}` and the like as one character each (NFC)."""
    return _ACCENT.sub(_compose, source)


def _compose(found: re.Match[str]) -> str:
    base = (found["grouped"] or found["bare"] or found["i"]).lstrip("\\")
    return unicodedata.normalize("NFC", base + ACCENTS[found["sign"] or found["letter"]])
