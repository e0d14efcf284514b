"""When a fault comes: at a share of the processor time that its command takes undisturbed.

A busy machine stretches a command's wall time severalfold and its processor time hardly, so a
share of the latter is the same place in the command's work at any load. Linux alone has this clock.
"""

import time
from dataclasses import dataclass
from pathlib import Path

POLL_S = 0.001


@dataclass(slots=True)
class Course:
    """Processor seconds of a job: to the adapter's export (to the end where there is none), and
    from there. A guess that gets better: see `missed`."""

    body: float
    tail: float = 0.0

    def of(self, after_export: bool) -> float:
        return self.tail if after_export else self.body

    def missed(self, after_export: bool, took: float) -> None:
        """The command ended, or was exported, before the moment: this is what it takes by now."""
        if after_export:
            self.tail = (self.tail + took) / 2
        else:
            self.body = (self.body + took) / 2


class Used:
    """Processor seconds of one process and of the processes that it started."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._seconds: dict[int, float] = {}  # also of those that have ended since

    def now(self) -> float:
        """So far; once the process has ended, what was last seen of it."""
        for pid in (self._pid, *_children(self._pid)):
            try:
                self._seconds[pid] = time.clock_gettime(_clock_of(pid))
            except OSError:  # it has just ended
                continue
        return sum(self._seconds.values())


def _clock_of(pid: int) -> int:
    """The number of a process's clock: CPUCLOCK_SCHED, for all of its threads."""
    return (~pid << 3) | 2


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
