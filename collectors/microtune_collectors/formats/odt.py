"""OpenDocument texts (.odt, ISO 26300): headings, paragraphs and lists of the body.

Tables, notes, comments, text boxes, tables of contents and deleted passages stay out.
"""

import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from microtune_collectors import dates
from microtune_collectors.encoding import tidy
from microtune_collectors.formats.office_zip import opened, part
from microtune_collectors.formats.text import Text, Unreadable, one_line

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
DC = "{http://purl.org/dc/elements/1.1/}"
META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"

_BLOCKS = {f"{TEXT}p", f"{TEXT}h"}
_CONTAINERS = {f"{TEXT}list", f"{TEXT}list-item", f"{TEXT}list-header", f"{TEXT}section"}
_LEFT_OUT = {f"{TEXT}note", f"{TEXT}ruby-text", f"{OFFICE}annotation", f"{OFFICE}annotation-end"}
_FRAMES = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"


def read_odt(data: bytes) -> Text:
    """The text of an OpenDocument text. Raises `Unreadable`."""
    with opened(data) as packed:
        _refuse_encrypted(packed)
        body = _xml(part(packed, "content.xml")).find(f"{OFFICE}body/{OFFICE}text")
        said = _said(packed)
        blocks = [] if body is None else list(_blocks(body))
    return Text(
        tidy("\n\n".join(block for block in blocks if block)),
        title=said.get(f"{DC}title", ""),
        author=said.get(f"{META}initial-creator") or said.get(f"{DC}creator", ""),
        written=dates.from_value(said.get(f"{META}creation-date") or said.get(f"{DC}date")),
    )


def _refuse_encrypted(packed: zipfile.ZipFile) -> None:
    """The manifest says so; the parts themselves only look damaged."""
    names = packed.namelist()
    if "encrypted-package" in names:  # ODF 1.3
        raise Unreadable("encrypted")
    manifest = "META-INF/manifest.xml"
    if manifest in names and b"encryption-data" in part(packed, manifest):
        raise Unreadable("encrypted")


def _said(packed: zipfile.ZipFile) -> dict[str, str]:
    """What meta.xml says, by the names of its elements; {} where it is missing."""
    if "meta.xml" not in packed.namelist():
        return {}
    return {item.tag: one_line(item.text or "") for item in _xml(part(packed, "meta.xml")).iter()}


def _xml(data: bytes) -> Any:
    """The root of an XML part; entities are forbidden."""
    from defusedxml.ElementTree import fromstring

    return fromstring(data)


def _blocks(container: Element) -> Iterator[str]:
    for child in container:
        if child.tag in _BLOCKS:
            yield _lines(child)
        elif child.tag in _CONTAINERS:
            yield from _blocks(child)


def _lines(block: Element) -> str:
    """The text of a paragraph: white space counts once (section 6.1.2), line breaks stay."""
    lines = "".join(_pieces(block)).split("\v")
    return "\n".join(" ".join(line.split()) for line in lines).strip()


def _pieces(block: Element) -> Iterator[str]:
    """The characters of a paragraph, a line break as a vertical tab."""
    yield block.text or ""
    for child in block:
        if child.tag == f"{TEXT}line-break":
            yield "\v"
        elif child.tag in (f"{TEXT}s", f"{TEXT}tab"):
            yield " "
        elif child.tag not in _LEFT_OUT and not child.tag.startswith(_FRAMES):
            yield from _pieces(child)
        yield child.tail or ""
