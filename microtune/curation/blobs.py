"""Drops encoded matter in a mail: PGP armour, attachments as text, notes that stand for them."""

import re

_SIGNED_MESSAGE = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----")
_ARMOUR = re.compile(r"^-----BEGIN (?:PGP [A-Z ]+|CERTIFICATE|SSH2? [A-Z ]+)-----")
_ARMOUR_END = re.compile(r"^-----END ")
_UUENCODED = re.compile(r"^begin [0-7]{3,4} \S")
_UUENCODED_END = re.compile(r"^end$")
_BASE64 = re.compile(r"^[A-Za-z0-9+/=_-]{56,}$")
_BLANK = re.compile(r"^$")
# What Mailman's archive puts in the place of an attachment.
_SCRUBBED = re.compile(r"^-{6,} next part -{6,}$")
_SCRUBBED_LINE = re.compile(
    r"^(?:A non-text attachment|An embedded and charset|An HTML attachment|An embedded message"
    r"|was scrubbed|Skipped content of type|(?:Name|Type|Size|Desc|URL|Url|From|Subject|Date) ?:"
    r"|<?https?://|</pipermail)"
)
_EXTENSION = (
    r"(?:docx?|xlsx?|xlw|pptx?|pdf|zip|gif|jpe?g|png|bmp|tiff?|txt|rtf|exe|mpe?g|avi|vcf|html?|pcx"
    r"|wpd|mdb|eml|url|pif|csv)"
)
_ATTACHMENT = re.compile(
    rf"""(?ix) ^\s* (?: -\ [^\s].{{0,60}}\.{_EXTENSION} | <<.{{0,90}}>> | <embedded\ .{{0,40}}>
    | \[(?:image|cid|attachment|inline\ image)\b[^\]]{{0,80}}\]
    | \((?:see\ attached\ file|embedded\ image\ moved\ to\ file):.{{0,80}}\) )\s*$"""
)


def without_blobs(lines: list[str]) -> list[str]:
    """`lines` without PGP armour, encoded files and the notes that stand in for attachments."""
    kept: list[str] = []
    index = 0
    while index < len(lines):
        end = _blob_end(lines, index) if lines[index] else index
        if end == index:
            kept.append(lines[index])
            index += 1
        else:
            index = end
    return kept


def _blob_end(lines: list[str], index: int) -> int:
    """The line after the blob that starts at `index`; `index` itself if none does."""
    line = lines[index]
    first = line[0]
    if first == "-":
        if _SIGNED_MESSAGE.match(line):
            return _until(lines, index + 1, _BLANK)
        if _ARMOUR.match(line):
            return _until(lines, index + 1, _ARMOUR_END) + 1
        if _SCRUBBED.match(line):
            return _while(lines, index + 1, _SCRUBBED_LINE)
    if first == "b" and _UUENCODED.match(line):
        return _until(lines, index + 1, _UUENCODED_END) + 1
    if len(line) >= 56 and _BASE64.match(line):
        end = _while(lines, index, _BASE64)
        return end if end >= index + 3 else index
    return index + 1 if first in " -<[(" and _ATTACHMENT.match(line) else index


def _until(lines: list[str], index: int, stop: re.Pattern[str]) -> int:
    while index < len(lines) and not stop.match(lines[index]):
        index += 1
    return index


def _while(lines: list[str], index: int, wanted: re.Pattern[str]) -> int:
    while index < len(lines) and wanted.match(lines[index]):
        index += 1
    return index
