"""Markdown to prose: what is syntax, code, table or template goes; paragraphs stay.

Covers CommonMark and what Hugo, Jekyll, Eleventy, kramdown and Obsidian add. Block quotes stay
as "> " lines. Knows nothing of files or front matter.
"""

import html
import re
from collections.abc import Iterable, Iterator

_FENCE = re.compile(r"^[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)?(`{3,}|~{3,})(.*)$")
_LIST = re.compile(r"^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_TABLE_RULE = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*$")
_NO_PROSE = re.compile(
    r"^[ \t]{0,3}(?:"
    r"(?:[-*_][ \t]*){3,}$"  # a rule
    r"|=+[ \t]*$"  # the line under a heading
    r"|\[(?!\^)[^\]\n]{1,200}\]:[ \t]*\S"  # where a link leads
    r"|\*\[[^\]\n]{1,200}\]:"  # an abbreviation
    r"|:{3,}"  # a directive
    r"|\{[:.#%][^}\n]*\}[ \t]*$"  # attributes of a block
    r"|\|"  # a row of a table
    r")"
)
_HIDDEN = re.compile(  # elements whose content is no prose
    r"<!--.*?(?:-->|\Z)"
    r"|<(script|style|pre|table|svg|template|iframe)\b[^>]*>.*?</\1\s*>"
    r"|\{%-?\s*(highlight|comment|raw)\b.*?\{%-?\s*end\2\s*-?%\}"
    r"|\{\{[<%]\s*(highlight|mermaid|code)\b.*?\{\{[<%]\s*/\s*\3\s*[>%]\}\}",
    re.S | re.I,
)
_TEMPLATE = re.compile(
    r"\{\{[<%].*?[>%]\}\}|\{%.*?%\}|\{\{[^{}\n]{0,300}\}\}|\{#[\w-]+[^}\n]*\}", re.S
)
_CODE_SPAN = re.compile(r"(?<!`)(`{1,3})(?!`)(.{1,500}?)(?<!`)\1(?!`)")
_PROTECTED = re.compile(r"\x00(\d+)\x00")

_INLINE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"!\[\[[^\]\n]{0,300}\]\]", ""),  # Obsidian: something embedded
        (r"!\[[^\]\n]{0,1000}\](?:\([^()\n]{0,1000}(?:\([^()\n]{0,300}\)[^()\n]{0,300})?\)"
         r"|\[[^\]\n]{0,200}\])(?:\{[^}\n]{0,200}\})?", ""),  # an image
        (r"\[\[(?:[^\]|\n]{1,300}\|)?([^\]|\n]{1,300})\]\]", r"\1"),  # a wiki link
        (r"\[\^[^\]\n]{1,100}\]:?[ \t]?", ""),  # a footnote's mark
        (r"\[([^\[\]\n]{0,1000}(?:\[[^\[\]\n]{0,200}\][^\[\]\n]{0,500})?)\]"
         r"\([^()\n]{0,1000}(?:\([^()\n]{0,300}\)[^()\n]{0,300})?\)(?:\{[^}\n]{0,200}\})?", r"\1"),
        (r"\[([^\[\]\n]{1,1000})\] ?\[[^\[\]\n]{0,200}\]", r"\1"),  # a link by reference
        (r"<((?:https?|ftp|mailto):[^\s<>]{1,2000})>", r"\1"),
        (r"</?[A-Za-z][\w:-]{0,40}(?:\s[^<>]{0,2000})?/?>", ""),  # an HTML tag
        (r"^([ \t>]*)#{1,6}[ \t]+(.*?)[ \t]*#*$", r"\1\2"),  # a heading
        (r"^([ \t]*>[ \t]*)\[![A-Za-z]+\][-+]?[ \t]*", r"\1"),  # a call-out
        (r"(?<![\\*\w])(\*{1,3})(?=[^\s*])(.{1,2000}?)(?<=[^\s*\\])\1(?!\*)", r"\2"),
        (r"(?<![\\_\w])(_{1,3})(?=[^\s_])(.{1,2000}?)(?<=[^\s_\\])\1(?![_\w])", r"\2"),
        (r"~~(?=\S)(.{1,1000}?)(?<=\S)~~", r"\1"),
        (r"\\([!-/:-@\[-`{-~])", r"\1"),  # an escaped character
        (r"[ \t]+$", ""),
    )
)  # fmt: skip


def to_prose(text: str) -> str:
    """The prose of a Markdown text; paragraphs are divided by one empty line."""
    text = "\n".join(_without_fences(text.expandtabs(4).split("\n")))
    text = _TEMPLATE.sub("", _hide_elements(text))
    lines = _without_tables(_without_indented_code(text.split("\n")))
    prose = "\n".join(_inline(line) for line in lines)
    return re.sub(r"\n[ \t>]*(?:\n[ \t>]*){2,}(?=\n|$)", "\n\n", _paragraphs(prose)).strip("\n")


def _paragraphs(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text)


def _hide_elements(text: str) -> str:
    """Drop elements such as <pre>, except where they are named in a code span."""
    spans: list[str] = []

    def protect(match: re.Match[str]) -> str:
        spans.append(match[0])
        return f"\x00{len(spans) - 1}\x00"

    hidden = _HIDDEN.sub("", _CODE_SPAN.sub(protect, text))
    return _PROTECTED.sub(lambda m: spans[int(m[1])], hidden)


def _without_fences(lines: Iterable[str]) -> Iterator[str]:
    fence = ""
    for line in lines:
        match = _FENCE.match(line)
        if fence:
            if match and match[1].startswith(fence) and not match[2].strip():
                fence = ""
        elif match and "`" not in match[2]:
            fence = match[1]
        else:
            yield line


def _without_indented_code(lines: Iterable[str]) -> Iterator[str]:
    """Drop lines that stand four columns in after an empty line, outside lists and notes."""
    after_empty, in_list, in_code = True, False, False
    for line in lines:
        if not line.strip():
            after_empty = True
            yield ""
            continue
        indented = line.startswith("    ")
        in_code = indented and not in_list and (after_empty or in_code)
        if not in_code:
            if _LIST.match(line) or line.startswith("[^"):
                in_list = True
            elif after_empty and not line.startswith("  "):
                in_list = False
            yield line
        after_empty = False


def _without_tables(lines: Iterable[str]) -> Iterator[str]:
    """Drop tables, rules and definitions. A table is a row, a rule of dashes and more rows."""
    before: str | None = None
    in_table = False
    for line in lines:
        if _TABLE_RULE.match(line):
            in_table, before = True, None
            continue
        in_table = in_table and "|" in line
        if before is not None:
            yield before
        before = None if in_table or _NO_PROSE.match(line) else line
    if before is not None:
        yield before


def _inline(line: str) -> str:
    spans: list[str] = []

    def protect(match: re.Match[str]) -> str:
        spans.append(match[2].strip())
        return f"\x00{len(spans) - 1}\x00"

    line = _CODE_SPAN.sub(protect, line)
    for pattern, by in _INLINE:
        line = pattern.sub(by, line)
    line = html.unescape(line) if "&" in line else line
    return _PROTECTED.sub(lambda m: spans[int(m[1])], line)
