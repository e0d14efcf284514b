"""Documents that are zip files (.docx, .odt), opened with care. Knows nothing of their content.

What a zip says of the sizes in it is not believed, and XML is looked at before a parser builds a
tree of it, which takes some hundred bytes for every element and attribute.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from microtune_collectors.formats.text import Unreadable, damaged

MOST_PARTS = 5000
LARGEST_XML = 16 << 20  # bytes of a part, or of all that are parsed together
MOST_NODES = 1_000_000  # elements and attributes in them; docs/fuzzing.md has the memory

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what Office puts an encrypted document into
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ENTRY = b"PK\x01\x02"
# The only ones that Word and OpenDocument have. bzip2 and LZMA are unpacked without any bound.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BEGINS = re.compile(rb"\s*<(?:\?xml\b[^>]*?\bencoding\s*=\s*[\"']([\w.-]*))?")
_ENCODINGS = (None, b"utf-8", b"utf-16", b"us-ascii", b"iso-8859-1", b"windows-1252")


@contextmanager
def opened(data: bytes) -> Iterator[zipfile.ZipFile]:
    """The zip file in these bytes. Raises `Unreadable` for everything that goes wrong in the block:
    zipfile, the XML parsers and the document libraries each raise their own.
    """
    if data.startswith(_OLE) and _ENCRYPTED in data:
        raise Unreadable("encrypted")
    if data.count(_ENTRY) > MOST_PARTS:
        raise Unreadable("too large", f"more than {MOST_PARTS} parts")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            yield packed
    except Unreadable:
        raise
    except Exception as error:
        raise damaged(error) from error


def part(packed: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of one XML part. Raises `Unreadable` for a huge or encrypted one, KeyError for
    none.
    """
    content = _unpacked(packed, name, LARGEST_XML)
    _nodes(content, MOST_NODES)
    return content


def xml_only(packed: zipfile.ZipFile) -> bytes:
    """The same zip with what a library may parse, unpacked; pictures and the like are empty.

    Raises `Unreadable` where the XML is too much in all.
    """
    largest, most = LARGEST_XML, MOST_NODES
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as plain:
        for name in dict.fromkeys(packed.namelist()):
            content = b""
            if name.lower().endswith((".xml", ".rels")):
                content = _unpacked(packed, name, largest)
                largest -= len(content)
                most -= _nodes(content, most)
            plain.writestr(zipfile.ZipInfo(name), content)
    return data.getvalue()


def _unpacked(packed: zipfile.ZipFile, name: str, largest: int) -> bytes:
    """The bytes of a part, of which no more than `largest` are ever unpacked."""
    entry = packed.getinfo(name)
    if entry.flag_bits & 1:
        raise Unreadable("encrypted")
    if entry.compress_type not in _METHODS:
        raise Unreadable("damaged file", f"packed by method {entry.compress_type}")
    with packed.open(entry) as stream:
        content = stream.read(largest + 1)
    if len(content) > largest:
        raise Unreadable("too large", f"more than {LARGEST_XML >> 20} MB of XML")
    return content


def _nodes(xml: bytes, most: int) -> int:
    """About how many elements and attributes these are. Raises `Unreadable` for more than `most`.

    Also for what would hide them from a count: definitions, and encodings in which "<" is spelt
    otherwise. Neither Word nor LibreOffice writes them.
    """
    plain = xml.removeprefix(b"\xef\xbb\xbf")
    if b"\0" in plain[:4]:  # UTF-16
        plain = plain.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\0", b"")
    begins = _BEGINS.match(plain[:1000])
    encoding = begins[1].lower() if begins and begins[1] is not None else None
    if plain and (begins is None or encoding not in _ENCODINGS):
        raise Unreadable("damaged file", "no XML in a usual encoding")
    if b"<!ENTITY" in plain or b"<!ATTLIST" in plain:
        raise Unreadable("damaged file", "XML with definitions")
    count = plain.count(b"<") - plain.count(b"</") + plain.count(b"=")
    if count > most:
        raise Unreadable("too large", f"more than {MOST_NODES} elements and attributes")
    return count
