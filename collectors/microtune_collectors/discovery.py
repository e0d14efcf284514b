"""Mail and notes on this machine that could be sources, found by the names of files and folders.

No message and no note is opened. Nothing found here is read before its owner adds it.
"""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from microtune_collectors import thunderbird
from microtune_collectors.apple_mail import boxes
from microtune_collectors.maildir import is_maildir
from microtune_collectors.sent_mail import is_sent_name

MAILDIRS = ("Maildir", ".maildir", "Mail", ".local/share/evolution/mail/local", ".local/share/mail")
NOTES = ("Notes", "notes", "Documents/Notes", "Documents/notes", "Obsidian", "Documents/Obsidian")
TAKEOUTS = ("takeout-*.zip", "takeout-*.tgz")
DOWNLOADS = ("Downloads", ".")


@dataclass(frozen=True, slots=True)
class Place:
    """A place that could be a source. `program`: whose it is, for people."""

    program: str
    path: Path

    def command(self, platform: str = sys.platform) -> str:
        """The command that adds it, as its owner would type it in their shell."""
        words = ["microtune", "sources", "add", str(self.path)]
        return subprocess.list2cmdline(words) if platform == "win32" else shlex.join(words)


def discover(user: Path, platform: str = sys.platform) -> list[Place]:
    """What lies in one person's home folder, each place once; [] where nothing is found."""
    found: dict[Path, Place] = {}
    for place in _places(user, platform):
        found.setdefault(_resolved(place.path), place)
    return list(found.values())


def _places(user: Path, platform: str) -> Iterator[Place]:
    for path in thunderbird.sent_mailboxes(user, platform):
        yield Place("Thunderbird", path)
    if platform == "darwin" and (mail := _apple_mail(user / "Library" / "Mail")):
        yield Place("Apple Mail", mail)
    for name in MAILDIRS:
        if is_maildir(user / name):
            yield Place("Maildir", user / name)
    for folder in DOWNLOADS:
        for pattern in TAKEOUTS:
            for path in sorted((user / folder).glob(pattern)):
                yield Place("Google Takeout", path)
    for name in NOTES:
        if (user / name).is_dir():
            yield Place("Notes", user / name)


def _apple_mail(folder: Path) -> Path | None:
    """The newest version's folder; also where macOS hides what is in it."""
    try:
        versions = [path for path in folder.iterdir() if path.name[1:].isdigit()]
    except PermissionError:
        return folder
    except OSError:
        return None
    newest = max(versions, key=lambda path: int(path.name[1:]), default=None)
    has_sent = newest is not None and any(is_sent_name(box.name) for box in boxes(newest))
    return newest if has_sent else None


def _resolved(path: Path) -> Path:
    """One path for one place, whatever the case of a file system without it."""
    return Path(os.path.normcase(path.resolve()))
