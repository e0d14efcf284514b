"""Archives of mail (.zip, .tgz, .tar.gz, .tar), such as Gmail Takeout makes, read where they lie.

Nothing is unpacked to disk: the mailboxes in them are read as one stream, in bounded memory, and
a message's labels tell whether it was sent. Knows nothing of the message format.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from microtune.words import Found, Mark, Skip, Source
from microtune_collectors import members
from microtune_collectors.archive import BLOCK, most_unpacked
from microtune_collectors.exclusions import reason_against_mailbox
from microtune_collectors.mbox import MARK_EVERY, read_raw
from microtune_collectors.mbox_split import Raw, split
from microtune_collectors.message import KEPT, Mailbox
from microtune_collectors.preconditions import require_me, require_place
from microtune_collectors.walk import stamp_of

MAILBOXES = (".mbox", ".mbx")
HEAD = 50  # files of an archive that are looked at to tell whether it holds mail


class TakeoutCollector:
    """Every mailbox in one archive."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        path = Path(self.source.place)
        require_place(path)
        require_me(self.source)
        stamp = stamp_of(path.stat())
        if marks.get(path.name) == stamp:
            return
        reading = _Unpacking(path)
        with members.opened(path, is_mailbox) as files:
            for member in reading.guard(files):
                yield from self._read(member, reading, stamp, marks.get(member.name, ""))
                if reading.problem:
                    break
        if reading.problem:
            yield Skip(path.name, *reading.problem)
        yield Mark(path.name, stamp)

    def _read(
        self, member: members.Member, reading: "_Unpacking", stamp: str, mark: str
    ) -> Iterator[Found | Skip | Mark]:
        if against := reason_against_mailbox(PurePosixPath(member.name).name):
            yield Skip(member.name, *against)
            return
        marked = _offset(mark, stamp)
        if member.size == marked:
            return
        mailbox = Mailbox.of(member.name, self.source.me)
        for raw in split(reading.blocks(member, marked), marked, KEPT):
            yield read_raw(raw, mailbox)
            if raw.end - marked >= MARK_EVERY and not raw.last:
                marked = raw.end
                yield Mark(member.name, f"{stamp}@{marked}")
        if not reading.problem:
            yield Mark(member.name, f"{stamp}@{member.size}")


def is_mailbox(name: str) -> bool:
    """Whether a file of this name in an archive is a mailbox."""
    return name.lower().endswith(MAILBOXES)


def holds_mailboxes(path: Path) -> bool:
    """Whether a file is an archive with a mailbox among its first files."""
    if not (path.suffix.lower() == ".zip" or members.is_tar(path)):
        return False
    return any(map(is_mailbox, members.names(path, HEAD)))


def raw_messages(path: Path) -> Iterator[Raw]:
    """The messages of an archive, as far as it can be read; of each only the beginning."""
    reading = _Unpacking(path)
    with members.opened(path, is_mailbox) as files:
        for member in reading.guard(files):
            yield from split(reading.blocks(member, 0), keep=BLOCK)


class _Unpacking:
    """One way through an archive. What ends it too early is a `problem` (reason, detail)."""

    def __init__(self, path: Path) -> None:
        self._most = most_unpacked(path.stat().st_size)
        self._read = 0  # bytes so far, of all files
        self.problem: tuple[str, str] | None = None

    def guard(self, files: Iterable[members.Member]) -> Iterator[members.Member]:
        """The same files, up to where the archive is damaged."""
        try:
            yield from files
        except (*members.BROKEN, OSError) as error:
            self.problem = ("damaged archive", str(error))

    def blocks(self, member: members.Member, start: int) -> Iterator[bytes]:
        """The bytes of a file from `start` on, about a megabyte at a time."""
        try:
            with member.open() as stream:
                at = 0
                while block := stream.read(BLOCK):
                    self._read += len(block)
                    if max(self._read, member.size) > self._most:
                        self.problem = ("zip bomb", f"{member.name} unpacks to far too much")
                        return
                    if at + len(block) > start:
                        yield block[max(start - at, 0) :]
                    at += len(block)
        except (*members.BROKEN, OSError) as error:
            self.problem = ("damaged archive", f"{member.name}: {error}")


def _offset(mark: str, stamp: str) -> int:
    """Up to where an unfinished pass over the same archive had read a mailbox."""
    marked, _, offset = mark.partition("@")
    return int(offset) if marked == stamp and offset.isdigit() else 0
