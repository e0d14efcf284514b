"""HTML to plain text: quotes become "> " lines, links and images go. Knows nothing of mail."""

import html
import re
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any

from microtune.errors import is_of_the_machine

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
NESTED = {"blockquote", "ul", "ol"}
DEEPEST = 30  # of these in each other; the indents of all would be the square of their number
PLAIN = {"code", "tt", "kbd", "samp"}  # html2text would put backticks around them
# Boxes of webmail around what is answered, where it is not in a <blockquote> anyway.
QUOTE_BOX = re.compile(
    r"<div[^>]*class=[\"']?[^\"'>]*\b(?:gmail_quote|yahoo_quoted|protonmail_quote)\b", re.I
)

_CODE = re.compile(r"^\[code\]\n(.*?)\n?\[/code\]", re.S | re.M)
_TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>", re.S | re.I)
_LIST_INDENT = re.compile(r"^ {2}(?=(?: {2})*(?:-|\d+\.) )", re.M)
_ESCAPES = re.compile(r"^(\s*\d*)\\([-+.])(?=[\s-])", re.M)
_BACKSLASH = re.compile(r"\\\\(?=[\\`*_{}\[\]()#+\-.!])")


def to_text(source: str, *, keep_code: bool) -> str:
    """The text of an HTML document or mail; `keep_code`: keep what stands in <pre>."""
    source = _unclosed_as_text(source)
    try:
        text = _converter(source).handle(source)
    except Exception as error:  # html2text raises what it likes on broken input
        if is_of_the_machine(error):
            raise
        text = html.unescape(_TAG.sub(" ", source))
    code = (lambda m: re.sub(r"^ {4}", "", m[1], flags=re.M)) if keep_code else (lambda m: "")
    text = _CODE.sub(code, text)
    text = _BACKSLASH.sub(r"\\", _ESCAPES.sub(r"\1\2", text)).replace("\xa0", " ")
    text = re.sub(r"(?<![ \t])[ \t]+$", "", text, flags=re.M)
    return re.sub(r"\n{3,}", "\n\n", _LIST_INDENT.sub("", text)).strip()


def properties(source: str) -> dict[str, str]:
    """Title, author and date from the head of a document, as far as it tells them."""
    reader = _Head()
    with suppress(Exception):  # html.parser asserts on some broken declarations
        reader.feed(_unclosed_as_text(source[: 1 << 16]))
    return reader.found


class _Head(HTMLParser):
    META = {  # noqa: RUF012 - HTMLParser is no dataclass
        "author": "author",
        "dc.creator": "author",
        "date": "date",
        "dc.date": "date",
        "dcterms.created": "date",
        "article:published_time": "date",
    }

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_title = tag == "title" and "title" not in self.found
        if tag == "meta":
            given = {name: value or "" for name, value in attrs}
            key = self.META.get((given.get("name") or given.get("property") or "").lower())
            if key and given.get("content"):
                self.found.setdefault(key, given["content"])

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.found["title"] = " ".join(f"{self.found.get('title', '')} {data}".split())


def _unclosed_as_text(source: str) -> str:
    """The same with each "<" that nothing closes as text: html.parser would look for its end from
    each of them.
    """
    for opening, closing in (("<!--", "-->"), ("<", ">")):
        closed, end, rest = source.rpartition(closing)
        source = closed + end + rest.replace(opening, f"&lt;{opening[1:]}")
    return source


def _converter(source: str) -> Any:
    import html2text

    converter = html2text.HTML2Text(bodywidth=0)
    converter.ignore_links = converter.ignore_images = True
    converter.ignore_emphasis = converter.ignore_tables = True
    converter.unicode_snob = converter.mark_code = True
    converter.ul_item_mark = "-"
    box = QUOTE_BOX.search(source)
    quotes = box is not None and "<blockquote" not in source[box.start() :].lower()
    converter.tag_callback = _Blocks(quotes)
    return converter


class _Blocks:
    """Says how html2text treats blocks: a <div> is a line, a webmail's quote box is a quote."""

    def __init__(self, quotes: bool) -> None:
        self._quotes = quotes
        self._boxes: list[bool] = []  # for each open <div>: is it a quote box?
        self._depth = 0  # how many of NESTED are open

    def __call__(self, converter: Any, tag: str, attrs: dict[str, Any], start: bool) -> bool:
        if tag == "div":
            self._div(converter, attrs or {}, start)
            return True
        if tag in HEADINGS:
            converter.p()
            return True
        return tag in PLAIN or (tag in NESTED and self._is_too_deep(start))

    def _is_too_deep(self, start: bool) -> bool:
        deepest = self._depth + start
        self._depth = max(self._depth + (1 if start else -1), 0)
        return deepest > DEEPEST

    def _div(self, converter: Any, attrs: dict[str, Any], start: bool) -> None:
        if start:
            tag = f'<div class="{attrs.get("class") or ""}"'
            self._boxes.append(self._quotes and bool(QUOTE_BOX.match(tag)))
            is_box = self._boxes[-1]
        else:
            is_box = self._boxes.pop() if self._boxes else False
        if is_box:
            converter.handle_tag("blockquote", {}, start)
        elif not (converter.outtextlist and converter.outtextlist[-1].endswith("  \n")):
            converter.pbr()  # after a <br> the line has ended already
