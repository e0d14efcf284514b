"""Zip files with faults, built from bytes: what a fuzzer mutates is the structure, not a checksum.

Every six bytes are one fault: what kind, at which member, and a number. Knows no reader.
"""

import struct
import warnings
import zipfile
from collections.abc import Callable
from io import BytesIO

NAMES = ("", "/a", "../a", "a/" * 300, "a\0.xml", "A.XML", "[Content_Types].xml", "meta.xml")
XML = (
    b"",
    b'<?xml version="1.0" encoding="utf-16"?><a/>',
    b'<!DOCTYPE a [<!ENTITY b "c"><!ATTLIST a d CDATA "e">]><a>&b;</a>',
    b"<a>" * 300 + b"</a>" * 300,
    b"\xff\xfe<\0a\0/\0>\0",
)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
# Where fields lie, and how wide they are, in the three records (APPNOTE 6.3.10, section 4.3).
LOCAL = ((4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2))
CENTRAL = ((6, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2), (42, 4))
END = ((4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2))
MARKS = {b"PK\3\4": LOCAL, b"PK\1\2": CENTRAL, b"PK\5\6": END}
MOST_FAULTS = 40
LARGEST_NESTED = 64 << 10  # bytes of all members: nested again and again they would double
MOST_REPEATED = 256 << 10  # bytes that one fault may add to a member

Members = list[tuple[str, bytes, int]]  # name, content, method


def faulty(parts: dict[str, bytes], faults: bytes) -> bytes:
    """A zip of these parts with these faults; without any, a valid one."""
    members: Members = [(name, part, zipfile.ZIP_DEFLATED) for name, part in parts.items()]
    ends = range(6, min(len(faults), 6 * MOST_FAULTS) + 1, 6)
    orders = [struct.unpack("<BBI", faults[end - 6 : end]) for end in ends]
    for kind, which, number in orders:
        if members and kind < 128:
            _CHANGES[kind % len(_CHANGES)](members, which % len(members), number)
    data = bytearray(_packed(members))
    for kind, which, number in orders:
        if kind >= 128:
            _overwrite(data, kind, which, number)
    return bytes(data)


def _packed(members: Members) -> bytes:
    data = BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(data, "w") as archive:
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, content, method in members:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = method
            archive.writestr(entry, content)
    return data.getvalue()


def _overwrite(data: bytearray, kind: int, which: int, number: int) -> None:
    """Put a number into a field of the record at this place among those of its kind."""
    mark, fields = list(MARKS.items())[kind % 3]
    at = -1
    for _ in range(which % 8 + 1):
        found = data.find(mark, at + 1)
        at = found if found >= 0 else at
    if at < 0:
        return
    offset, width = fields[which // 8 % len(fields)]
    place = slice(at + offset, at + offset + width)
    data[place] = (number % (1 << 8 * width)).to_bytes(width, "little")


def _rename(members: Members, at: int, number: int) -> None:
    members[at] = (NAMES[number % len(NAMES)], *members[at][1:])


def _swap(members: Members, at: int, number: int) -> None:
    """Its content under another member's name, and that name twice."""
    members.append((members[number % len(members)][0], *members[at][1:]))


def _drop(members: Members, at: int, number: int) -> None:
    del members[at]


def _replace(members: Members, at: int, number: int) -> None:
    members[at] = (members[at][0], XML[number % len(XML)], members[at][2])


def _repeat(members: Members, at: int, number: int) -> None:
    """A piece of its content again and again: a zip bomb where there is room."""
    name, content, method = members[at]
    begin = number % (len(content) + 1)
    piece = content[begin : begin + 1 + (number >> 8) % 64]
    times = min(number >> 14, MOST_REPEATED // max(len(piece), 1))
    members[at] = (name, content[:begin] + piece * times + content[begin:], method)


def _pack_otherwise(members: Members, at: int, number: int) -> None:
    members[at] = (*members[at][:2], METHODS[number % len(METHODS)])


def _nest(members: Members, at: int, number: int) -> None:
    """A zip of all members in the place of one."""
    if sum(len(content) for _, content, _ in members) <= LARGEST_NESTED:
        members[at] = (members[at][0], _packed(members), members[at][2])


_CHANGES: tuple[Callable[[Members, int, int], None], ...] = (
    *(_rename, _swap, _drop, _replace, _repeat, _pack_otherwise, _nest),
)
