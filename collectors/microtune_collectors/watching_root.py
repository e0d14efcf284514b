"""One source that is watched: by events, by polling, or, while it is gone, for its return.

Knows nothing of waiting or of settling; it only says at which place something may be new.
"""

import logging
import os
from collections.abc import Callable
from pathlib import Path

from watchdog.observers.api import ObservedWatch

from microtune.words import Source
from microtune_collectors.ignore import IGNORE_FILE
from microtune_collectors.polling import Poller
from microtune_collectors.walk import is_reached
from microtune_collectors.watching_events import Events
from microtune_collectors.watching_mounts import remote_type

_log = logging.getLogger(__name__)

DELIVERED = ("cur", "new")  # folders of a Maildir in which names of any kind are messages


class WatchedRoot:
    """Calls `note` with a place of `source`, "" for anywhere in it. Its methods run in one thread.

    `events` None: the system has none to give, so the source is polled.
    """

    def __init__(
        self,
        source: Source,
        note: Callable[[str], None],
        events: Events | None,
        poll_s: float,
    ) -> None:
        self._note = note
        self._events = events
        self._poll_s = poll_s
        self._root = Path(os.path.realpath(source.place))
        self._is_file = False
        self._identity: tuple[int, int] | None = None
        self._watch: ObservedWatch | None = None
        self._poller: Poller | None = None
        self._arm()

    def check(self) -> None:
        """Watch anew what is back, or is another than it was. Costs one `stat`."""
        if self._poller is None and _identity(self._watched_folder()) != self._identity:
            self._disarm()
            self._arm()
            if self._identity is not None:
                self._note("")

    def poll(self, why: str) -> None:
        """Look again and again from now on instead of waiting for events."""
        if self._poller is None:
            self._disarm()
            self._poller = Poller(self._root, lambda: self._note(""), self._poll_s)
            _log.warning("%s %s: it is looked at now and then instead", self._root, why)

    def covers(self, path: str) -> bool:
        """Whether `path` is the root or lies below it."""
        return Path(path).is_relative_to(self._root)

    def close(self) -> None:
        """Stop. Harmless when repeated."""
        self._disarm()
        if self._poller:
            self._poller.close()

    def _watched_folder(self) -> Path:
        return self._root.parent if self._is_file else self._root

    def _arm(self) -> None:
        if kind := remote_type(self._root):
            self.poll(f"is on a network file system ({kind})")
            return
        if self._events is None:
            self.poll("gets no events from this system")
            return
        self._is_file = self._root.is_file() or (self._is_file and not self._root.is_dir())
        folder = self._watched_folder()
        self._identity = _identity(folder)
        if self._identity is None:
            return
        try:
            report = self._on_file if self._is_file else self._on_path
            self._watch = self._events.add(folder, report, recursive=not self._is_file)
        except FileNotFoundError:
            self._identity = None  # gone since the line before: `check` will see it come back
        except OSError as error:
            self.poll(f"cannot be watched ({error.strerror})")

    def _disarm(self) -> None:
        if self._watch and self._events:
            self._events.remove(self._watch)
        self._watch = None

    def _on_file(self, path: str) -> None:
        if path == str(self._root):
            self._note("")

    def _on_path(self, path: str) -> None:
        relative = os.path.relpath(path, self._root)
        if relative.startswith(os.pardir):
            return
        place = "" if relative == os.curdir else _storable(relative.replace(os.sep, "/"))
        folder, _, name = place.rpartition("/")
        if name == IGNORE_FILE:
            self._note(folder)
        elif folder.rpartition("/")[2] in DELIVERED or is_reached(place):
            self._note(place)


def _identity(folder: Path) -> tuple[int, int] | None:
    """Device and number of a folder: a disk that is mounted there makes it another."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _storable(relative: str) -> str:
    """The path, or the nearest folder above it, as a text that can be written down."""
    while relative:
        try:
            relative.encode("utf-8")
        except UnicodeEncodeError:
            relative = relative.rpartition("/")[0]
        else:
            break
    return relative
