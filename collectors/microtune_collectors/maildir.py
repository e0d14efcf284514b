"""Maildirs with their subfolders, in both layouts (Maildir++ `.Sent` and plain `Sent`).

Knows nothing of the message format. A message is named by its unique part, so that a change of
flags does not make it new.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from microtune.words import Excluded, Found, Mark, Skip, Source
from microtune_collectors.eml import read_eml
from microtune_collectors.exclusions import reason_against_mailbox
from microtune_collectors.ignore import Rules
from microtune_collectors.message import Mailbox
from microtune_collectors.preconditions import require_me, require_place
from microtune_collectors.walk import File, place_of, problem, read_new, stamp_of

_FLAGS = re.compile(r"[:;!]2,([A-Za-z]*)$")


class MaildirCollector:
    """One Maildir and the folders in it."""

    def __init__(self, source: Source, rules: Rules | None = None) -> None:
        self.source = source
        self._rules = rules

    def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        yield from self._read(marks)

    def collect_at(self, place: str, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        yield from self._read(marks, place)

    def _read(self, marks: Mapping[str, str], inside: str = "") -> Iterator[Found | Skip | Mark]:
        root, source = Path(self.source.place), self.source
        require_place(root)
        require_me(source)
        yield from read_maildir(root, "", source.me, marks, self._rules, inside, source.context)

    def holds(self, place: str) -> bool:
        return True  # a message moves within its box whenever its flags change


def is_maildir(folder: Path) -> bool:
    """Whether a folder is laid out as a Maildir."""
    inside = [(folder / name).is_dir() for name in ("cur", "new", "tmp")]
    return inside[0] and any(inside[1:])  # Thunderbird makes no "new"


def read_maildir(
    root: Path,
    place: str,
    me: tuple[str, ...],
    marks: Mapping[str, str],
    rules: Rules | None = None,
    inside: str = "",
    context: bool = False,
) -> Iterator[Found | Skip | Mark]:
    """Read what is new in a Maildir that lies at `place` of its source ("" for the root).

    `inside`: read only this path in it, which is a message or a folder with boxes.
    """
    path = root / inside
    in_box = path.parent.name in ("cur", "new") and is_maildir(path.parent.parent)
    for box in [path.parent.parent] if in_box else boxes(path):
        within = place_of(box, root)
        name = "/".join(part for part in (place, "" if within == "." else within) if part)
        if against := reason_against_mailbox(box.name):
            yield Skip(name, *against)
            continue
        if rules and box != root and rules.exclude(box, is_folder=True):
            yield Excluded(name)
            continue
        mailbox = Mailbox.of(name or root.name, me, context)
        if in_box:
            yield from _read_message(path, name, mailbox, marks)
        else:
            for folder in filter(Path.is_dir, (box / "cur", box / "new")):
                yield from _read_folder(folder, name, mailbox, marks)


def boxes(root: Path) -> Iterator[Path]:
    """The Maildir itself and every folder in it that holds messages."""
    for current, folders, _ in os.walk(root):
        if "cur" in folders and ("new" in folders or "tmp" in folders):
            yield Path(current)
        folders[:] = sorted(name for name in folders if name not in ("cur", "new", "tmp"))


def _read_folder(
    folder: Path, name: str, mailbox: Mailbox, marks: Mapping[str, str]
) -> Iterator[Found | Skip | Mark]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    except OSError as error:
        yield problem(name or mailbox.place, error)
        return
    for file_name in names:
        yield from _read_message(folder / file_name, name, mailbox, marks)


def _read_message(
    path: Path, name: str, mailbox: Mailbox, marks: Mapping[str, str]
) -> Iterator[Found | Skip | Mark]:
    """Read one message of the box of this name, if it is new."""
    match = _FLAGS.search(path.name)
    unique = place_of(path.with_name(path.name[: match.start()]) if match else path, path.parent)
    place = f"{name}/{unique}" if name else unique
    if match and set(match[1]) & {"D", "T"}:
        is_draft = "D" in match[1]
        yield Skip(place, *(("machine-made", "draft") if is_draft else ("deleted", "")))
        return
    try:
        status = path.stat()
    except OSError as error:
        yield problem(place, error)
        return
    is_answered = mailbox.context and bool(match and "R" in match[1])
    stamp = stamp_of(status) + ":answered" * is_answered  # read again once it was answered
    file = File(path, place, stamp, status.st_size, status.st_mtime)
    yield from read_new(
        file, marks, lambda file: read_eml(file, mailbox, place="", is_answered=is_answered)
    )
