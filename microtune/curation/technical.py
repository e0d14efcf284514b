"""Drops what is not prose in technical mail: armour, attachments as text, patches, code, traces.

A person's code is theirs, but it is not their voice.
"""

import re

_ARMOUR_TEXT = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----")
_ARMOUR = re.compile(r"^-----BEGIN (PGP [A-Z ]+|CERTIFICATE|SSH2? [A-Z ]+)-----")
_UUENCODED = re.compile(r"^begin [0-7]{3,4} \S")
_BASE64 = re.compile(r"^[A-Za-z0-9+/=_-]{56,}$")
_SCRUBBED = re.compile(r"^-{6,} next part -{6,}$")
_SCRUBBED_LINE = re.compile(
    r"^(?:A non-text attachment|An embedded and charset|An HTML attachment|was scrubbed|Name:|Type:|Size:|Desc:"
    r"|URL ?:|Url ?:|From:|Subject:|Date:|<?https?://|</pipermail|Skipped content of type)"
)
_ATTACHMENT = re.compile(
    r"""(?ix) ^\s* (?: -\ [^\s].{0,60}\.(?:docx?|xlsx?|xlw|ppt|pdf|zip|gif|jpe?g|png|bmp|tif|txt|rtf|exe|mpe?g|avi|vcf|htm|pcx|wpd|mdb|eml|url|pif|url)
    | <<\ ?(?:file:|ole\ object)?.{0,80}>> | \[(?:image|cid|attachment|inline\ image)\b[^\]]{0,80}\]
    | \((?:see\ attached\ file|embedded\ image\ moved\ to\ file):.{0,80}\) )\s*$"""
)
_PATCH = re.compile(
    r"^(?:diff (?:--git|-[a-zA-Z])|Index: \S+|--- [\w./-]+\s|\+\+\+ [\w./-]+|@@ -\d+(?:,\d+)? \+\d+)"
)
_PATCH_LINE = re.compile(r"^(?:[-+ @\\]|={20,}|RCS file|retrieving|diff |index )")
_TRACE = re.compile(r"^\s*(?:Traceback \(most recent call last\)|Exception in thread|Caused by:)")
_ERROR = re.compile(r"^\s*[\w.]*(?:Error|Exception|Warning|Failure|Exit|Interrupt)\b")
_CODE = re.compile(
    r"""(?x) ^\s* (?: >>>\ | \.\.\.\ | \$\ \S | \#\s*\w | //\s | /\*|\*/ | @\w+(?:\(|$)
      | (?:from\ [\w.]+\ )?import\ [\w.*]+(?:\ as\ \w+|,|$) | (?:async\ )?def\ \w+\( | class\ \w+\s*[(:]
      | (?:if|elif|for|while|with|except|try|else|finally)\b.*:$ | (?:return|raise|yield|assert|print|del)\b(?!.*\w\ \w+\ \w+\ )
      | </?\w+[^<]*>$ | [}\])]+[;,]?$ | [\w.\[\]'"]+\s*[-+*/|]?=\s*\S+ | [\w.]+\([^)]*\)?[;:]?$ | \#include
      | (?:public|private|static|void|int|char|const|var|let|function)\ \w+ | SELECT\ .+\ FROM ) | [;{]$ | ^\s*\w+\s=\s"""
)
_CALL = re.compile(
    r"^\s*(?:>>> .*|(?:[\w.]+\s=\s)?[\w.]*[._(][\w.]*\(.*\)[;:]?|[\w.]+\(self\b.*|</?\w+[^<>]*>)$"
)
_SPACES = re.compile(r"^(?: {2,}|>>> )\S")


def without_blobs(lines: list[str]) -> list[str]:
    """`lines` without PGP armour, encoded files and the notes that stand in for attachments."""
    kept: list[str] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        end = _blob_end(lines, index) if line else index
        if end == index:
            kept.append(line)
            index += 1
        else:
            index = end
    return kept


def _blob_end(lines: list[str], index: int) -> int:
    """The line after the blob that starts at `index`; `index` itself if none does."""
    line = lines[index]
    first = line[0]
    if first == "-":
        if _ARMOUR_TEXT.match(line):
            return _after(lines, index + 1, re.compile(r"^$"))
        if _ARMOUR.match(line):
            return _after(lines, index + 1, re.compile(r"^-----END ")) + 1
        if _SCRUBBED.match(line):
            return _while(lines, index + 1, _SCRUBBED_LINE)
    if first == "b" and _UUENCODED.match(line):
        return _after(lines, index + 1, re.compile(r"^end$")) + 1
    if len(line) >= 56 and _BASE64.match(line) and _while(lines, index, _BASE64) >= index + 3:
        return _while(lines, index, _BASE64)
    return index + 1 if first in " -<[(" and _ATTACHMENT.match(line) else index


def without_code(lines: list[str]) -> list[str]:
    """`lines` without patches, tracebacks and blocks that are mostly source code."""
    kept: list[str] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        if _PATCH.match(line) and _is_patch(lines, index):
            index = _patch_end(lines, index)
        elif _TRACE.match(line):
            index = _trace_end(lines, index)
        elif line and (not kept or not kept[-1] or _SPACES.match(line)):
            end = _block_end(lines, index)
            if not _is_code(lines[index:end]):
                kept += lines[index:end]
            index = end
        else:
            kept.append(line)
            index += 1
    return kept


def _is_patch(lines: list[str], index: int) -> bool:
    return any(_PATCH.match(line) for line in lines[index + 1 : index + 6])


def _patch_end(lines: list[str], index: int) -> int:
    while index < len(lines) and (
        not lines[index] or _PATCH.match(lines[index]) or _PATCH_LINE.match(lines[index])
    ):
        index += 1
    return index


def _trace_end(lines: list[str], index: int) -> int:
    """Past the indented frames and the line that names the error."""
    index += 1
    while index < len(lines) and lines[index].startswith(" "):
        index += 1
    return index + 1 if index < len(lines) and _ERROR.match(lines[index]) else index


def _block_end(lines: list[str], index: int) -> int:
    """The end of the run of lines that are all indented, or all not, up to a blank line."""
    indented = _SPACES.match(lines[index]) is not None
    end = index
    while end < len(lines) and lines[end] and (_SPACES.match(lines[end]) is not None) == indented:
        end += 1
    return max(end, index + 1)


def _is_code(block: list[str]) -> bool:
    marked = sum(1 for line in block if _CODE.search(line))
    indented = sum(1 for line in block if _SPACES.match(line))
    if indented == len(block):
        return marked * 10 >= len(block) * 4
    if len(block) == 1:
        return _CALL.match(block[0]) is not None
    return marked * 10 >= len(block) * 7


def _after(lines: list[str], index: int, stop: re.Pattern[str]) -> int:
    while index < len(lines) and not stop.match(lines[index]):
        index += 1
    return index


def _while(lines: list[str], index: int, wanted: re.Pattern[str]) -> int:
    while index < len(lines) and wanted.match(lines[index]):
        index += 1
    return index
