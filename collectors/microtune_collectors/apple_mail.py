"""The folder of Apple Mail (`~/Library/Mail/V…`) or a mailbox in it: what was sent from there.

A mailbox is a folder `NAME.mbox` with .emlx files somewhere below, and maybe mailboxes inside it.
Where any is one of sent mail, only those are opened.
"""

import os
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path, PurePath

from microtune.errors import MicrotuneError
from microtune.words import Found, Mark, Skip, Source
from microtune_collectors.eml import read_eml
from microtune_collectors.emlx import is_emlx
from microtune_collectors.exclusions import reason_against_mailbox
from microtune_collectors.ignore import Rules
from microtune_collectors.message import Mailbox
from microtune_collectors.preconditions import require_me, require_place
from microtune_collectors.sent_mail import is_sent_name
from microtune_collectors.walk import File, files_at, read_new

DEEPEST = 6  # folders below the root in which a mailbox is still looked for
INSIDE = {"Messages", "Data", "Attachments"}  # folders that hold no further mailboxes


class AppleMailCollector:
    """Apple Mail's own folder, an account in it, or one mailbox."""

    def __init__(self, source: Source, rules: Rules | None = None) -> None:
        self.source = source
        self._rules = rules

    def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        yield from self.collect_at("", marks)

    def collect_at(self, place: str, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        root = Path(self.source.place)
        require_place(root)
        require_me(self.source)
        require_access(root)
        has_sent = any(is_sent_name(box.name) for box in boxes(root)) and not _is_box(root)
        only_sent = has_sent and not self.source.context
        closed = partial(_is_closed, only_sent=only_sent)
        for file in files_at(root, place, closed, self._rules):
            if isinstance(file, Skip):
                yield file
            elif against := _against(box_of(root / file.place), only_sent):
                if file.is_box:
                    yield Skip(file.place, *against)
            elif is_emlx(file.path):
                yield from read_new(file, marks, self._read)

    def holds(self, place: str) -> bool:
        return os.path.lexists(Path(self.source.place, place))

    def _read(self, file: File) -> Found | Skip:
        """A message keeps its place when Mail loads the rest of it, or moves its file."""
        name = box_of(Path(self.source.place, file.place))
        mailbox = Mailbox.of(name, self.source.me, self.source.context)
        return read_eml(file, mailbox, place="")


def is_apple_mail(folder: Path) -> bool:
    """Whether a folder is one of Apple Mail's, or a mailbox of it."""
    return next(boxes(folder), None) is not None


def boxes(root: Path) -> Iterator[Path]:
    """The mailboxes at and below a folder, by names alone."""
    depth = len(root.parts)
    for current, folders, _ in os.walk(root):
        path = Path(current)
        if _is_box(path):
            yield path
        closed = len(path.parts) - depth >= DEEPEST
        folders[:] = [] if closed else sorted(name for name in folders if name not in INSIDE)


def box_of(path: PurePath) -> str:
    """The name of the mailbox that a message or folder lies in, "" for none."""
    named = (part for part in reversed(path.parts) if part.lower().endswith(".mbox"))
    return next(named, "")


def require_access(root: Path) -> None:
    """Raises `MicrotuneError` where macOS keeps Mail's folder from the terminal."""
    try:
        os.listdir(root)
    except PermissionError as error:
        raise MicrotuneError(
            f"macOS does not let this program read {root}",
            "Allow your terminal Full Disk Access in System Settings, Privacy & Security; then "
            "start it anew.",
        ) from error
    except OSError as error:
        raise MicrotuneError(f"cannot read {root} ({error.strerror})", "Check the path.") from error


def _is_box(folder: Path) -> bool:
    """A folder of messages; one with a file called mbox is an export, which is read as such."""
    if folder.suffix.lower() != ".mbox" or not folder.is_dir() or (folder / "mbox").is_file():
        return False
    return (folder / "Messages").is_dir() or any(folder.glob("*/Data")) or _has_boxes(folder)


def _has_boxes(folder: Path) -> bool:
    return any(inside.is_dir() for inside in folder.glob("*.mbox"))


def _is_closed(folder: Path, only_sent: bool) -> bool:
    """Whether a mailbox is not looked into at all."""
    is_box = folder.suffix.lower() == ".mbox" and not _has_boxes(folder)
    return is_box and _against(folder.name, only_sent) is not None


def _against(box: str, only_sent: bool) -> tuple[str, str] | None:
    if against := reason_against_mailbox(box):
        return against
    return ("not sent mail", box) if only_sent and not is_sent_name(box) else None
