"""Runs a command and says how long it took and how much memory it held. Knows nothing of microtune.

The program that measures must stay small itself: Linux counts a parent's resident memory at the
fork into its child's peak. So heavy libraries are imported in the commands and never here.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psutil

POLL_S = 0.2


class CommandFailed(Exception):
    """The command ended with another exit code than 0; the message is its last line of error."""


@dataclass(frozen=True, slots=True)
class Measured:
    """`seconds` of wall time from start to end; `peak_mb` (10^6 bytes) is the most that the
    process and its children held resident together, where shared pages count for each of them."""

    seconds: float
    peak_mb: int
    output: str

    def json(self) -> dict[str, Any]:
        """The last line of standard output, as the object it holds."""
        lines = self.output.strip().splitlines()
        try:
            found = json.loads(lines[-1])
        except (IndexError, ValueError) as error:
            raise CommandFailed("printed no JSON object") from error
        return dict(found)


def measure(command: Sequence[str | os.PathLike[str]]) -> Measured:
    """Run `command` to its end. Raises `CommandFailed` if it fails."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdout=output, stderr=errors)
        with _Watch(child.pid) as watch:
            _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if child.returncode:
            lines = errors.read().strip().splitlines() or ["no reason given"]
            raise CommandFailed(f"exit code {child.returncode}: {lines[-1]}")
        unit = 1 if sys.platform == "darwin" else 1024
        peak = max(watch.peak, usage.ru_maxrss * unit)
        return Measured(seconds, peak // 1_000_000, output.read())


class _Watch:
    """Adds up the resident memory of a process and its children, a few times a second.

    A single process is measured exactly by the system; this is for the sum over several.
    """

    def __init__(self, pid: int) -> None:
        self.peak = 0  # bytes
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(POLL_S):
            self.peak = max(self.peak, _resident(self._pid))


def _resident(pid: int) -> int:
    """Bytes that the process and its descendants hold now; those that have gone hold none."""
    try:
        family = [psutil.Process(pid)]
        family += family[0].children(recursive=True)
    except psutil.Error:
        return 0
    total = 0
    for process in family:
        try:
            total += process.memory_info().rss
        except psutil.Error:
            continue
    return total
