"""Thunderbird's profiles and the mailboxes of sent mail in them, found by names alone.

A mailbox is an mbox without extension beside an index `NAME.msf`, or a Maildir; the folders inside
of one lie in `NAME.sbd`. Only `profiles.ini` is opened: it names the profiles.
"""

import configparser
import os
from collections.abc import Iterator
from pathlib import Path

from microtune_collectors.sent_mail import is_sent_name

STORES = ("Mail", "ImapMail")
PROFILES = {
    "linux": (
        ".thunderbird",
        "snap/thunderbird/common/.thunderbird",
        ".var/app/org.mozilla.Thunderbird/.thunderbird",
        ".var/app/org.mozilla.thunderbird/.thunderbird",
        ".icedove",
    ),
    "darwin": ("Library/Thunderbird",),
    "win32": ("AppData/Roaming/Thunderbird",),
}


def sent_mailboxes(user: Path, platform: str) -> Iterator[Path]:
    """Each mailbox of sent mail that holds anything, in the profiles of one person.

    `user`: their home folder; `platform`: as `sys.platform`.
    """
    for place in PROFILES.get(platform, PROFILES["linux"]):
        for profile in profiles(user / place):
            for store in STORES:
                yield from _sent_below(profile / store)


def profiles(folder: Path) -> list[Path]:
    """The profiles that `profiles.ini` in Thunderbird's folder names, each once."""
    ini = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        ini.read(folder / "profiles.ini", encoding="utf-8-sig")
    except (configparser.Error, UnicodeDecodeError, OSError):
        return []
    named: dict[Path, None] = {}
    for section in ini.sections():
        path = ini.get(section, "Path", fallback="")
        if section.lower().startswith("profile") and path and "\0" not in path:
            is_relative = ini.get(section, "IsRelative", fallback="1") != "0"
            named[folder / path if is_relative else Path(path)] = None
    return [profile for profile in named if profile.is_dir()]


def _sent_below(store: Path) -> Iterator[Path]:
    for current, folders, files in os.walk(store):
        boxes = [name for name in files if not Path(name).suffix or f"{name}.msf" in files]
        for name in sorted([*boxes, *folders]):
            path = Path(current, name)
            if is_sent_name(name) and not name.endswith((".msf", ".sbd")) and _holds_any(path):
                yield path
        folders[:] = sorted(name for name in folders if name not in ("cur", "new", "tmp"))


def _holds_any(path: Path) -> bool:
    """Whether a mailbox has messages: an index alone means that they are on the server only."""
    try:
        return any((path / "cur").iterdir()) if path.is_dir() else path.stat().st_size > 0
    except OSError:
        return False
