"""Single messages (.eml), alone or in a folder. Knows nothing of the message format."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from microtune.words import Found, Mark, Skip, Source
from microtune_collectors.message import KEPT, Mailbox, read_message
from microtune_collectors.preconditions import require_me, require_place
from microtune_collectors.walk import File, files, read_new


class EmlCollector:
    """One .eml file, or every .eml file below a folder."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        root = Path(self.source.place)
        require_place(root)
        require_me(self.source)
        mailbox = Mailbox.of(root.name, self.source.me)
        for file in files(root):
            if isinstance(file, Skip):
                yield file
            elif is_eml(file.path):
                yield from read_new(file, marks, lambda file: read_eml(file, mailbox))
            else:
                yield Skip(file.place, "unsupported file type", file.path.suffix)


def is_eml(path: Path) -> bool:
    """Whether files of this name hold one message."""
    return path.suffix.lower() == ".eml"


def read_eml(file: File, mailbox: Mailbox, place: str | None = None) -> Found | Skip:
    """Read a message from its own file, named by its place unless another is given.

    Only the beginning of a large one is read: the text comes before attachments. Raises OSError.
    """
    with file.path.open("rb") as stream:
        data = stream.read(KEPT)
    name = file.place if place is None else place
    return read_message(data, mailbox, place=name, whole=file.size <= KEPT)
