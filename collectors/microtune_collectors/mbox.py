"""Mailboxes in mbox form, plain or packed, read in one stream; a second pass reads what is new.

Knows nothing of the message format: `message` reads each one.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from microtune.words import Found, Mark, Skip, Source
from microtune_collectors import mbox_mark
from microtune_collectors.archive import Blocks, is_packed
from microtune_collectors.mbox_split import Raw, split, unescape
from microtune_collectors.message import KEPT, Mailbox, read_message
from microtune_collectors.preconditions import require_me, require_place
from microtune_collectors.walk import problem, stamp_of

MARK_EVERY = 16 << 20  # bytes after which an interrupted pass need not start again


class MboxCollector:
    """One mbox file: `.mbox`, also `.mbox.xz`, `.gz` and `.bz2`."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        path = Path(self.source.place)
        require_place(path)
        require_me(self.source)
        mark, context = marks.get(path.name, ""), self.source.context
        yield from read_mbox(path, path.name, self.source.me, mark, context)


def read_mbox(
    path: Path, place: str, me: tuple[str, ...], mark: str, context: bool = False
) -> Iterator[Found | Skip | Mark]:
    """Read the messages that came after `mark`, then mark how far that was.

    A file that has grown is read from where it ended, an unchanged one not at all, any other
    anew. A file that cannot be read is a `Skip`.
    """
    mailbox = Mailbox.of(place, me, context)
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if is_packed(path):
                yield from _read_packed(path, mailbox, stamp_of(status), mark)
            else:
                yield from _read_plain(path, file, mailbox, status, mark)
    except OSError as error:
        yield problem(place, error)


def _read_packed(
    path: Path, mailbox: Mailbox, stamp: str, mark: str
) -> Iterator[Found | Skip | Mark]:
    if mark == stamp:
        return
    blocks = Blocks(path)
    for raw in split(blocks, keep=KEPT):
        yield read_raw(raw, mailbox)
    if blocks.problem:
        yield Skip(mailbox.place, *blocks.problem)
    yield Mark(mailbox.place, stamp)


def _read_plain(
    path: Path, file: BinaryIO, mailbox: Mailbox, status: os.stat_result, mark: str
) -> Iterator[Found | Skip | Mark]:
    marked = mbox_mark.start(file, status, mark)
    if marked == status.st_size and mark:
        return
    blocks = Blocks(path, marked, status.st_size)
    for raw in split(blocks, marked, KEPT):
        yield read_raw(raw, mailbox)
        if raw.end - marked >= MARK_EVERY and not raw.last:
            marked = raw.end
            yield Mark(mailbox.place, str(mbox_mark.Position.at(file, status, marked)))
    if blocks.problem:
        yield Skip(mailbox.place, *blocks.problem)
    else:
        yield Mark(mailbox.place, str(mbox_mark.Position.at(file, status, status.st_size)))


def read_raw(raw: Raw, mailbox: Mailbox) -> Found | Skip:
    """Read one message as it stands in a mailbox."""
    envelope = raw.envelope.decode("ascii", "replace").split(" ", 2)[2:]
    item = read_message(
        unescape(raw.data), mailbox, envelope="".join(envelope).strip(), whole=raw.whole
    )
    if raw.last and isinstance(item, Skip) and _is_cut(raw.data, item.reason):
        return Skip(item.place, "truncated", "the mailbox ends in the middle of a message")
    return item


def _is_cut(data: bytes, reason: str) -> bool:
    """Whether the header does not end, or the body does not end its line."""
    if b"\n\n" not in data and b"\n\r\n" not in data:
        return True
    return reason == "no text" and not data.endswith(b"\n")
