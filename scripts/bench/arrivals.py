"""How long a daemon takes from a new text on disk to its store, and what its pass cost.

Looks at the database from outside and at /proc, so it needs Linux. Knows nothing of what is
written.
"""

import os
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil

LOOK_S = 0.005
PATIENCE_S = 900.0  # on a machine that does other work, where a pass comes last
REST_S = (
    11.0  # the daemon leaves ten seconds between two passes; this is about one that need not wait
)
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Arrival:
    """`seconds` from the change on disk until it was committed.

    Of the pass: its time on a core, what it read by system calls, its peak memory. `daemon_s`: the
    daemon's own time on a core, until it has looked at the store.
    """

    seconds: float
    cpu_s: float
    read_mb: float
    peak_mb: float
    daemon_s: float


def newest(database: Path) -> int:
    """A number that rises with every document stored; found at once in a database of any size."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)) as connection:
        return int(connection.execute("SELECT max(arrival) FROM documents").fetchone()[0] or 0)


def arrival(database: Path, daemon: psutil.Process, change: Callable[[], None]) -> Arrival:
    """Make the change, and wait until a document came of it and the daemon is at rest again."""
    time.sleep(REST_S)
    before, spent = newest(database), _cpu(daemon.pid)
    change()
    began = time.perf_counter()
    stored, passes = 0.0, _Pass()
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)) as connection:
        while not (stored and passes.over):
            seconds = time.perf_counter() - began
            if seconds > PATIENCE_S:
                sys.exit("a change was never stored")
            passes.look(daemon)
            count = connection.execute("SELECT max(arrival) FROM documents").fetchone()[0] or 0
            if not stored and count > before:
                stored = seconds
            time.sleep(LOOK_S)
    time.sleep(1.0)  # for the daemon to look at the store
    return Arrival(stored, passes.cpu_s, passes.read, passes.peak, _cpu(daemon.pid) - spent)


class _Pass:
    """What the daemon's child was last seen to have used. It stays a zombie until the daemon asks,
    so its time on a core is whole; what it read is as of the last look before its end."""

    def __init__(self) -> None:
        self.over = False
        self.cpu_s = self.read = self.peak = 0.0
        self._pid = 0

    def look(self, daemon: psutil.Process) -> None:
        children = [child.pid for child in daemon.children()]
        if self._pid and self._pid not in children:
            self.over = True
        for self._pid in children[:1]:
            try:
                self._read(self._pid)
            except (
                OSError,
                IndexError,
            ):  # gone by now, or a zombie: no memory
                continue

    def _read(self, pid: int) -> None:
        self.cpu_s = _cpu(pid)
        self.read = _field(pid, "io", "rchar:") / 1e6
        self.peak = max(self.peak, _field(pid, "status", "VmHWM:") * 1024 / 1e6)


def _cpu(pid: int) -> float:
    """Seconds on a core, with those of its threads and without those of its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _field(pid: int, file: str, name: str) -> float:
    """Raises IndexError where there is none."""
    return float(Path(f"/proc/{pid}/{file}").read_text().partition(name)[2].split(maxsplit=1)[0])
