"""Single messages (.eml, .emlx), alone or in a folder. Knows nothing of the message format."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from microtune.words import Found, Mark, Skip, Source
from microtune_collectors.emlx import is_emlx, parse
from microtune_collectors.ignore import Rules
from microtune_collectors.message import KEPT, Mailbox, read_message
from microtune_collectors.preconditions import require_me, require_place
from microtune_collectors.walk import File, files_at, read_new


class EmlCollector:
    """One .eml file, or every .eml file below a folder."""

    def __init__(self, source: Source, rules: Rules | None = None) -> None:
        self.source = source
        self._rules = rules

    def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        yield from self.collect_at("", marks)

    def collect_at(self, place: str, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        root = Path(self.source.place)
        require_place(root)
        require_me(self.source)
        mailbox = Mailbox.of(root.name, self.source.me, self.source.context)
        for file in files_at(root, place, rules=self._rules):
            if isinstance(file, Skip):
                yield file
            elif is_eml(file.path):
                yield from read_new(file, marks, lambda file: read_eml(file, mailbox))
            else:
                yield Skip(file.place, "unsupported file type", file.path.suffix)

    def holds(self, place: str) -> bool:
        root = Path(self.source.place)
        return os.path.lexists(root.parent / place if root.is_file() else root / place)


def is_eml(path: Path) -> bool:
    """Whether files of this name hold one message."""
    return path.suffix.lower() == ".eml" or is_emlx(path)


def read_eml(
    file: File, mailbox: Mailbox, place: str | None = None, is_answered: bool = False
) -> Found | Skip:
    """Read a message from its own file, named by its place unless another is given.

    Only the beginning of a large one is read: the text comes before attachments. Raises OSError.
    """
    with file.path.open("rb") as stream:
        data = stream.read(KEPT)
    name, whole = file.place if place is None else place, file.size <= KEPT
    if is_emlx(file.path):
        mail = parse(data)
        if mail.against:
            return Skip(file.place, *mail.against)
        data, whole, is_answered = mail.message, mail.whole, mail.is_answered
    return read_message(data, mailbox, place=name, whole=whole, is_answered=is_answered)
