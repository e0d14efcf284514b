"""Change events of the operating system, by watchdog: which paths were written, in which folders.

Knows nothing of sources. Linux watches folders and not files, so that 50,000 files cost as much as
the folders that they lie in.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers.api import BaseObserver, ObservedWatch

from microtune_collectors.ignore import IGNORE_FILE

# Opening and reading are no changes: a collector would wake itself.
TAKEN: list[type[FileSystemEvent]] = [
    *(DirCreatedEvent, DirMovedEvent, FileClosedEvent, FileCreatedEvent),
    *(FileDeletedEvent, FileModifiedEvent, FileMovedEvent),
]

Report = Callable[[str], None]  # gets the path at which something new may be read


class Events:
    """Watches folders until it is closed. `lost` gets a folder of which events are missing.

    Callbacks run in threads of the observer. Raises OSError if the system has no events to give.
    """

    def __init__(self, lost: Callable[[str], None]) -> None:
        self._observer = _observer(lost)
        self._observer.start()

    def add(self, folder: Path, report: Report, *, recursive: bool) -> ObservedWatch:
        """Watch a folder, or all below it. Raises OSError if it cannot be watched."""
        return self._observer.schedule(
            _Handler(report), str(folder), recursive=recursive, event_filter=TAKEN
        )

    def remove(self, watch: ObservedWatch) -> None:
        """Watch it no more."""
        self._observer.unschedule(watch)

    def close(self) -> None:
        """Stop all threads. Harmless when repeated."""
        self._observer.stop()
        self._observer.join()


class _Handler(FileSystemEventHandler):
    def __init__(self, report: Report) -> None:
        self._report = report

    def on_any_event(self, event: FileSystemEvent) -> None:
        old, new = os.fsdecode(event.src_path), os.fsdecode(event.dest_path)
        if new:
            self._report(new)
        # What is gone leaves nothing to read, unless it forbade to read something else.
        left = new or isinstance(event, FileDeletedEvent)
        if not left or os.path.basename(old) == IGNORE_FILE:
            self._report(old)


def _observer(lost: Callable[[str], None]) -> BaseObserver:
    if not sys.platform.startswith("linux"):
        from watchdog.observers import Observer

        return Observer()
    from microtune_collectors.watching_inotify import InotifyObserver

    return InotifyObserver(lost)
