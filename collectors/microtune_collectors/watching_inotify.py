"""watchdog's observer for Linux, on an inotify that tells what it could not do.

watchdog itself passes over a folder below the root that it cannot watch, and events that the
kernel dropped; either would be a text that is never read. See inotify(7).
"""

import errno
import os
from collections.abc import Callable
from typing import Any

from watchdog.observers.api import BaseObserver
from watchdog.observers.inotify import InotifyEmitter
from watchdog.observers.inotify_c import InotifyEvent, InotifyFD


class InotifyObserver(BaseObserver):
    """`lost` gets the folder that could not be watched, or "" when events anywhere are missing.

    Raises OSError if the system gives no inotify (fs.inotify.max_user_instances is reached).
    """

    def __init__(self, lost: Callable[[str], None]) -> None:
        self._inotify = _Inotify(lost)
        self._inotify.start()
        super().__init__(InotifyEmitter, inotify_fd=self._inotify)

    def on_thread_stop(self) -> None:
        super().on_thread_stop()
        self._inotify.stop()
        self._inotify.join()


class _Inotify(InotifyFD):
    def __init__(self, lost: Callable[[str], None]) -> None:
        super().__init__()
        self._lost = lost

    def add_callback(self, path: bytes, *rest: Any) -> Any:
        try:
            return super().add_callback(path, *rest)
        except OSError as error:
            if error.errno == errno.ENOSPC:  # fs.inotify.max_user_watches is reached
                self._lost(os.fsdecode(path))
            raise

    def handle_event(self, event: InotifyEvent) -> None:
        super().handle_event(event)
        if event.is_queue_overflow:
            self._lost("")
