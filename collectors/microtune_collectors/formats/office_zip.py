"""Documents that are zip files (.docx, .odt), opened with care. Knows nothing of their content."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from microtune_collectors.formats.text import Unreadable, damaged

LARGEST_UNPACKED = 200 << 20  # bytes of all parts: more is a zip bomb
LARGEST_PART = 32 << 20  # bytes of the one part that holds the text

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what Office puts an encrypted document into
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@contextmanager
def opened(data: bytes) -> Iterator[zipfile.ZipFile]:
    """The zip file in these bytes. Raises `Unreadable` for everything that goes wrong in the block:
    zipfile, the XML parsers and the document libraries each raise their own.
    """
    if data.startswith(_OLE) and _ENCRYPTED in data:
        raise Unreadable("encrypted")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
            if unpacked > LARGEST_UNPACKED:
                raise Unreadable("too large", f"{unpacked >> 20} MB unpacked")
            yield packed
    except Unreadable:
        raise
    except Exception as error:
        raise damaged(error) from error


def part(packed: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of one part. Raises `Unreadable` for a huge or encrypted one, KeyError for none."""
    entry = packed.getinfo(name)
    if entry.file_size > LARGEST_PART:
        raise Unreadable("too large", f"{entry.file_size >> 20} MB unpacked")
    if entry.flag_bits & 1:
        raise Unreadable("encrypted")
    return packed.read(entry)
