"""Watches consented sources on this machine, and says which places to read again.

The thread that waits sleeps until something happens; the only clockwork is one `stat` of each
source now and then, to find one that was unplugged again. Sources elsewhere (a URL) are not
watched here. Knows nothing of formats and never opens a file.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from queue import Empty, SimpleQueue

from microtune.contracts import Change
from microtune.words import Source
from microtune_collectors.watching_events import Events
from microtune_collectors.watching_pending import Pending
from microtune_collectors.watching_root import WatchedRoot

CHECK_S = 30.0
POLL_S = 60.0

_log = logging.getLogger(__name__)


def watch(
    sources: Sequence[Source], check_s: float = CHECK_S, poll_s: float = POLL_S
) -> "SourceWatch":
    """Watch every source that lies on this machine; close it when done.

    A place is told once it has been quiet for 0.6 s, or written to for ten. What changed
    before this call is not told: a full pass finds it. `check_s` lies between two looks at whether
    the sources are there, `poll_s` at least between two at one that gives no events.
    """
    return SourceWatch([source for source in sources if "://" not in source.place], check_s, poll_s)


class SourceWatch:
    """See `microtune.contracts.Watch`."""

    def __init__(self, sources: Sequence[Source], check_s: float, poll_s: float) -> None:
        self._pending = Pending()
        self._lock = threading.Lock()  # of the pending changes; never taken by `wake`
        # put() may be called in a signal handler, whatever it interrupts
        self._signals: SimpleQueue[bool] = SimpleQueue()  # True: wake
        self._lost: SimpleQueue[str] = SimpleQueue()
        self._check_s = check_s
        self._next_check = time.monotonic() + check_s
        self._events = _events(self._on_lost) if sources else None
        self._roots: list[tuple[str, WatchedRoot]] = []
        for source in sources:
            note = partial(self._note, source.id)
            self._roots.append((source.id, WatchedRoot(source, note, self._events, poll_s)))

    def wait(self, seconds: float) -> tuple[Change, ...]:
        """See `microtune.contracts.Watch.wait`."""
        end = time.monotonic() + seconds
        while True:
            self._look_after_roots()
            now = time.monotonic()
            with self._lock:
                settled, due = self._pending.take(now), self._pending.next_due()
            if settled or now >= end:
                return settled
            until = min(end, self._next_check, end if due is None else due)
            try:
                if self._signals.get(timeout=max(0.0, until - now)):
                    return ()
            except Empty:
                continue

    def wake(self) -> None:
        """See `microtune.contracts.Watch.wake`."""
        self._signals.put(True)

    def close(self) -> None:
        """See `microtune.contracts.Watch.close`."""
        for _, root in self._roots:
            root.close()
        self._roots.clear()
        if self._events:
            self._events.close()
            self._events = None
        self.wake()

    def _note(self, source_id: str, place: str) -> None:
        """Called by the threads of events and of polling."""
        with self._lock:
            was_idle = self._pending.next_due() is None
            self._pending.add(source_id, place, time.monotonic())
        if was_idle:  # else the waiting thread knows when to look
            self._signals.put(False)

    def _on_lost(self, folder: str) -> None:
        self._lost.put(folder)
        self._signals.put(False)

    def _look_after_roots(self) -> None:
        """In the thread that waits: poll what cannot be watched, find what is back."""
        while not self._lost.empty():
            folder = self._lost.get()
            for source_id, root in self._roots:
                if not folder:  # too much at once for the kernel to tell
                    self._note(source_id, "")
                elif root.covers(folder):
                    root.poll("has more folders than the system watches (see max_user_watches)")
                    self._note(source_id, "")
        if time.monotonic() >= self._next_check:
            for _, root in self._roots:
                root.check()
            self._next_check = time.monotonic() + self._check_s


def _events(lost: Callable[[str], None]) -> Events | None:
    try:
        return Events(lost)
    except OSError as error:  # no inotify instance left, or none in this container
        _log.warning("the system gives no events (%s)", error.strerror)
        return None
