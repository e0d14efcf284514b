"""Drops patches, tracebacks and source code from a mail.

A person's code is theirs, but it is not their voice. Inline names such as `Deferred` stay.
"""

import re

_PATCH = re.compile(
    r"^(?:diff (?:--git|-[a-zA-Z])|Index: \S+|--- [\w./-]+\s|\+\+\+ [\w./-]+|@@ -\d+(?:,\d+)? \+\d)"
)
_PATCH_LINE = re.compile(r"^(?:[-+ @!\\]|={20,}|\*{3}|RCS file|retrieving|diff |index )")
_TRACE = re.compile(r"^\s*(?:Traceback \(most recent call last\)|Exception in thread|Caused by:)")
_ERROR = re.compile(r"^\s*[\w.]*(?:Error|Exception|Warning|Failure|Exit|Interrupt)\b")
# A line that is probably code; the share of such lines decides on a block.
_CODE = re.compile(
    r"""(?x) ^\s* (?: >>>\  | \.\.\.\  | \$\ \S | \#\s*\w | //\s | /\*|\*/ | @\w+(?:\(|$)
      | (?:from\ [\w.]+\ )?import\ [\w.*]+(?:\ as\ \w+|,|$) | (?:async\ )?def\ \w+\(
      | class\ \w+\s*[(:] | \#include | SELECT\ .+\ FROM
      | (?:if|elif|for|while|with|except|try|else|finally)\b.*:$
      | (?:return|raise|yield|assert|print|del)\b(?!.*\w\ \w+\ \w+\ )
      | (?:public|private|static|void|int|char|const|var|let|function)\ \w+
      | </?\w+(?![:\w])[^<]*>$ | [}\])]+[;,]?$ | ['"]{3}
      | [\w.\[\]'"]+\s*[-+*/|]?=\s*\S+ | [\w.]+\([^)]*\)?[;:]?$ )
    | [;{]$ | ^\s*\w+\s=\s"""
)
# One line alone is code only if it can hardly be a sentence.
_STATEMENT = re.compile(
    r"""(?x) ^\s* (?: >>>\ .* | (?:[\w.]+\s=\s)? [\w.]*[._(][\w.]*\(.*\)[;:]? | [\w.]+\(self\b.*
      | </?\w+(?![:\w])[^<]*> | (?:if|while|for|elif)\b.*(?:==|__|\(\)).*: | import\ [\w.]+
      | from\ [\w.]+\ import\ .+ | (?:def|class)\ \w+\(.*: | ['"]{3}.* | .*['"]{3} )$"""
)
_INDENTED = re.compile(r"^(?: {2,}|>>> )\S")
_LONGEST_LINE = 300
_INDENTED_SHARE = 0.4
_FLUSH_SHARE = 0.7
_FOLLOWING_SHARE = 0.3  # of a block right below code


def without_code(lines: list[str]) -> list[str]:
    """`lines` without patches, tracebacks and blocks that are mostly source code."""
    kept: list[str] = []
    index = 0
    below_code = False
    while index < len(lines):
        end = _patch_or_trace_end(lines, index)
        is_code = end > index
        if not is_code:
            end = _block_end(lines, index)
            block = lines[index:end]
            is_code = bool(lines[index]) and _is_code(block, below_code)
            if not is_code:
                kept += block
        below_code = is_code or (below_code and not lines[index])
        index = end
    return kept


def _patch_or_trace_end(lines: list[str], index: int) -> int:
    """The line after the patch or traceback that starts at `index`; `index` if none does."""
    line = lines[index]
    if _PATCH.match(line) and any(map(_PATCH.match, lines[index + 1 : index + 6])):
        while index < len(lines) and _may_be_patch(lines[index]):
            index += 1
    elif _TRACE.match(line):
        index += 1
        while index < len(lines) and lines[index].startswith(" "):
            index += 1
        if index < len(lines) and _ERROR.match(lines[index]):
            index += 1
    return index


def _may_be_patch(line: str) -> bool:
    return not line or bool(_PATCH.match(line) or _PATCH_LINE.match(line))


def _block_end(lines: list[str], index: int) -> int:
    """The end of the run of lines that are all indented, or all not, up to a blank line."""
    indented = _INDENTED.match(lines[index]) is not None
    end = index + 1
    while end < len(lines) and lines[end] and lines[index]:
        if (_INDENTED.match(lines[end]) is not None) != indented:
            break
        end += 1
    return end


def _is_code(block: list[str], below_code: bool) -> bool:
    """Whether enough lines of `block` look like code; below other code, fewer are enough."""
    indented = _INDENTED.match(block[0]) is not None
    if len(block) == 1 and not indented and not below_code:
        return len(block[0]) <= _LONGEST_LINE and _STATEMENT.match(block[0]) is not None
    marked = sum(1 for line in block if len(line) <= _LONGEST_LINE and _CODE.search(line))
    share = marked / len(block)
    if below_code and (indented or len(block) < 3):
        return share >= _FOLLOWING_SHARE
    return share >= (_INDENTED_SHARE if indented else _FLUSH_SHARE)
