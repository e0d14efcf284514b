"""Processes that print lines, several at once, which all end together at a deadline.

Knows nothing of what they do.
"""

import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Self

from measured import CommandFailed


class Children:
    """While it is entered; after `seconds` (None: never) or at the end all processes are stopped
    and no more begin."""

    def __init__(self, seconds: float | None) -> None:
        self._live: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._over = False
        self._timer = None if seconds is None else threading.Timer(seconds, self.stop)

    def __enter__(self) -> Self:
        if self._timer:
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer.join()
        self.stop()

    def stop(self) -> None:
        with self._lock:
            self._over = True
            for child in self._live:
                child.terminate()

    def lines(self, command: Sequence[str], environment: Mapping[str, str]) -> Iterator[str]:
        """What `command` prints, line by line; nothing more once all is over. Raises
        `CommandFailed` where it fails by itself."""
        with self._lock:
            if self._over:
                return
            child = subprocess.Popen(
                command, stdout=subprocess.PIPE, text=True, env=dict(environment)
            )
            self._live.add(child)
        try:
            with child:
                assert child.stdout is not None
                yield from child.stdout
        finally:
            with self._lock:
                self._live.discard(child)
        if child.returncode and not self._over:
            raise CommandFailed(f"exit code {child.returncode}; what is done is kept")
