"""Looks at a source again and again where nobody tells of its changes, and seldom enough.

It keeps one number for the whole source, not a list of its files: what changed is found by the
pass that follows, from the marks. Knows nothing of what the files hold.
"""

import logging
import os
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

from microtune_collectors.walk import TOOL_FOLDERS

LONGEST_S = 1800.0  # between two looks
SHARE = 0.005  # of the time that looking may take

_log = logging.getLogger(__name__)


class Poller(threading.Thread):
    """Calls `report` when anything below `root` is other than it was at the look before.

    Between two looks lie `shortest_s` seconds, or more where a look takes long.

    A root that is gone is no change; when it is back, that is one. The thread sleeps between
    looks. It is a daemon thread, because a network file system may hold a look for ever.
    """

    def __init__(self, root: Path, report: Callable[[], None], shortest_s: float) -> None:
        super().__init__(name=f"microtune poller {root}", daemon=True)
        self._root = root
        self._report = report
        self._shortest_s = shortest_s
        self._closing = threading.Event()
        self.start()

    def run(self) -> None:
        # What changes before the first look is found by the pass that a daemon begins with.
        before = after = fingerprint(self._root)
        pause = self._shortest_s
        while not self._closing.wait(pause):
            began = time.monotonic()
            after = fingerprint(self._root)
            took = time.monotonic() - began
            pause = min(max(self._shortest_s, took / SHARE), LONGEST_S)
            if after is not None and after != before:
                self._report()
            before = after

    def close(self) -> None:
        """Stop, waiting only as long as a look may reasonably take."""
        self._closing.set()
        self.join(timeout=2.0)
        if self.is_alive():
            _log.warning("%s does not answer; it is left to itself", self._root)


def fingerprint(root: Path) -> int | None:
    """A number that changes whenever a file below `root` does; None if `root` cannot be read."""
    try:
        total = _hash(str(root))
    except OSError:
        return None
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in TOOL_FOLDERS and name != ".git"]
        for name in files:
            try:
                total ^= _hash(os.path.join(folder, name))
            except OSError:  # gone since it was listed: the next look will tell
                continue
    return total


def _hash(path: str) -> int:
    status = os.stat(path)
    if stat.S_ISDIR(
        status.st_mode
    ):  # only that it is there: its time says nothing of what is below
        return hash(path)
    return hash((path, status.st_mtime_ns, status.st_size, status.st_ino))
