"""Markdown to prose: what is syntax, code, table or template goes; paragraphs stay.

Covers CommonMark and what Hugo, Jekyll, Eleventy, kramdown and Obsidian add. Block quotes stay
as "> " lines. Knows nothing of files or front matter.
"""

import html
import re
from collections.abc import Iterable, Iterator

_FENCE = re.compile(r"^[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)?(`{3,}|~{3,})(.*)$")
_LIST = re.compile(r"^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_TABLE_RULE = re.compile(r"^[ \t]*+\|?[ \t]*+:?-+:?[ \t]*+(?:\|[ \t]*+:?-+:?[ \t]*+)++\|?[ \t]*$")
_NO_PROSE = re.compile(
    r"^[ \t]{0,3}(?:"
    r"(?:[-*_][ \t]*){3,}$"  # a rule
    r"|=+[ \t]*$"  # the line under a heading
    r"|\[(?!\^)[^\]\n]{1,200}\]:(?:[ \t]|$)"  # where a link leads
    r"|\*\[[^\]\n]{1,200}\]:"  # an abbreviation
    r"|:{3,}"  # a directive
    r"|\{[:.#%][^}\n]*\}[ \t]*$"  # attributes of a block
    r"|\[TOC\][ \t]*$"
    r"|\|"  # a row of a table
    r")"
)
# Elements whose content is no prose. None goes on over another opening of its kind: where nothing
# closes, each would be looked for up to the end.
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(script|style|pre|table|svg|template|iframe)\b[^<>]*>(?:(?!<\1\b).)*?</\1\s*>"
    r"|\{%-?\s*(highlight|comment|raw)\b(?:(?!\{%-?\s*\2\b).)*?\{%-?\s*end\2\s*-?%\}"
    r"|\{\{[<%]\s*(highlight|mermaid|code)\b(?:(?!\{\{[<%]\s*\3\b).)*?\{\{[<%]\s*/\s*\3\s*[>%]\}\}",
    re.S | re.I,
)
_TEMPLATE = re.compile(
    r"\{\{[<%].{0,5000}?[>%]\}\}|\{%.{0,2000}?%\}|\{\{[^{}\n]{0,300}\}\}|\{#[\w-][^}\n]{0,300}\}",
    re.S,
)
_CODE_SPAN = re.compile(r"(?<!`)(`{1,3})(?!`)((?:(?!\n\s*\n).){1,500}?)(?<!`)\1(?!`)", re.S)
_PROTECTED = re.compile(r"\x00(\d+)\x00")

_BRACKETS = r"(?:[^\[\]]{0,1000}(?:\[[^\[\]]{0,300}\][^\[\]]{0,500}){0,3})"
_TARGET = r"\([^()]{0,1000}(?:\([^()]{0,300}\)[^()]{0,300})?\)(?:\{[^}]{0,200}\})?"
_INLINE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.M | re.S), by)
    for pattern, by in (
        (r"!\[\[[^\]]{0,300}\]\]", ""),  # Obsidian: something embedded
        (rf"!\[{_BRACKETS}\](?:{_TARGET}|\[[^\]]{{0,200}}\])", ""),  # an image
        (r"\[\[(?:[^\]|]{1,300}\|)?([^\]|]{1,300})\]\]", r"\1"),  # a wiki link
        (r"^\[\^[^\]]{1,100}\]:[ \t]*", ""),  # a footnote's head
        (r"\[\^[^\]]{1,100}\]", ""),  # a footnote's mark
        (rf"\[({_BRACKETS})\]{_TARGET}", r"\1"),
        (r"\[([^\[\]]{1,1000})\]\s?\[[^\[\]]{0,200}\]", r"\1"),  # a link by reference
        (r"<((?:https?|ftp|mailto):[^\s<>]{1,2000})>", r"\1"),
        (r"</?[A-Za-z][\w:-]{0,40}(?:\s[^<>]{0,2000})?/?>", ""),  # an HTML tag
        (r"^([ \t>]*)#{1,6}[ \t]+(.*?)[ \t]*#*$", r"\1\2"),  # a heading
        (r"^[ \t]*>[ \t]*\[![A-Za-z]+\][-+]?[ \t]*\n?", ""),  # the head of a call-out
        (r"(?<![\\*\w])(\*{1,3})(?=[^\s*])(.{1,2000}?)(?<=[^\s*\\])\1(?!\*)", r"\2"),
        (r"(?<![\\_\w])(_{1,3})(?=[^\s_])(.{1,2000}?)(?<=[^\s_\\])\1(?![_\w])", r"\2"),
        (r"~~(?=\S)(.{1,1000}?)(?<=\S)~~", r"\1"),
        (r"\\([!-/:-@\[-`{-~])", r"\1"),  # an escaped character
        (r"(?<![ \t])[ \t]+$", ""),
    )
)


def to_prose(text: str) -> str:
    """The prose of a Markdown text; paragraphs are divided by one empty line."""
    text = "\n".join(_without_fences(text.expandtabs(4).split("\n")))
    text = _TEMPLATE.sub(_gap, _hide_elements(text))
    lines = _without_tables(_without_indented_code(text.split("\n")))
    paragraphs = re.split(r"\n(?:[ \t]*\n)+", "\n".join(lines))
    prose = (_inline(paragraph).strip("\n") for paragraph in paragraphs)
    return "\n\n".join(paragraph for paragraph in prose if paragraph.strip(" \n>"))


def _gap(template: re.Match[str]) -> str:
    """What a template leaves: a space where it stood between two words."""
    before = template.string[template.start() - 1 : template.start()]
    after = template.string[template.end() : template.end() + 1]
    return " " if before.strip() and after.isalnum() else ""


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
    """Drop lines that stand four columns in after an empty line, eight within lists and notes."""
    after_empty, in_list, in_code = True, False, False
    for line in lines:
        if not line.strip():
            after_empty = True
            yield ""
            continue
        indent = len(line) - len(line.lstrip())
        in_code = indent >= (8 if in_list else 4) and (after_empty or in_code)
        if not in_code:
            is_item = _LIST.match(line) or line.startswith("[^")
            if is_item:
                in_list = True
            elif after_empty and indent < 2:
                in_list = False
            yield line if is_item or indent < 4 else line.lstrip()
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


def _inline(paragraph: str) -> str:
    spans: list[str] = []

    def protect(match: re.Match[str]) -> str:
        spans.append(" ".join(match[2].split()))
        return f"\x00{len(spans) - 1}\x00"

    paragraph = _CODE_SPAN.sub(protect, paragraph)
    for pattern, by in _INLINE:
        paragraph = pattern.sub(by, paragraph)
    paragraph = html.unescape(paragraph) if "&" in paragraph else paragraph
    return _PROTECTED.sub(lambda m: spans[int(m[1])], paragraph)
