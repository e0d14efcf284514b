"""The daemon of a home in a thread of this process, on a machine that changes when it is told to.

Its sensors are real, but for the readings that are set; its jobs are real processes.
"""

import threading
import time as clock
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import time
from typing import Any

import psutil

from microtune.daemon.jobs import Ended, Job
from microtune.daemon.lock import only_daemon
from microtune.daemon.loop import Daemon
from microtune.daemon.readings import Reading
from microtune.locations import Home
from microtune.store import Store
from microtune_tui.resident import collaborators
from microtune_tui.wiring import Wiring

CALM: dict[str, Any] = {
    "time_of_day": time(3, 0),
    "load": 0.0,
    "others": 0.0,
    "input_idle_s": 3600.0,
    "battery": None,
    "heat": None,
    "memory_mb": 16_000,
    "disk_mb": 50_000,
}
PATIENCE_S = 1800.0


class Watched:
    """A job whose end can be looked at from another thread than the daemon's."""

    def __init__(self, job: Job) -> None:
        self._job, self.pid = job, job.pid
        self.end: Ended | None = None

    def ended(self) -> Ended | None:
        self.end = self.end or self._job.ended()
        return self.end

    def leave(self) -> None:
        self._job.leave()

    def kill(self) -> None:
        self._job.kill()


class Resident:
    """A daemon, its runs, and the machine as it sees it."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.machine: dict[str, Any] = dict(CALM)
        self.runs: list[Watched] = []
        parts = collaborators(Wiring(home, print), lambda line: None)
        look, train = parts.read, parts.train

        def read(time_of_day: time) -> Reading:
            return replace(look(time_of_day), **self.machine)

        def begin(minutes: float) -> Watched:
            self.runs.append(Watched(train(minutes)))
            return self.runs[-1]

        self.daemon = Daemon(home, replace(parts, read=read, train=begin))

    @contextmanager
    def running(self) -> Iterator[None]:
        with only_daemon(self.home):
            thread = threading.Thread(target=self.daemon.run, name="daemon")
            thread.start()
            try:
                yield
            finally:
                self.daemon.stop()
                thread.join()

    def calm(self) -> None:
        """Nothing disturbs any more; a run may go on at once, without the usual rest."""
        self.machine = dict(CALM)
        self.daemon.reload()

    def to_the_first_step(self) -> float:
        """The processor time that a run takes until it has planned its steps."""
        run = self._once(lambda run: bool(list(self.home.runs.glob("*/plan.json"))))
        return _spent(run.pid) if run else 0.0

    def at_work(self, seconds: float) -> Watched | None:
        """The run's process, once it has taken so much processor time; None if it came to its end
        before."""
        return self._once(lambda run: _spent(run.pid) >= seconds)

    def measuring(self) -> Watched | None:
        """The same, once it has an engine to measure with."""
        return self._once(lambda run: bool(_family(run.pid)[1:]))

    def _once(self, true: Callable[[Watched], bool]) -> Watched | None:
        self.calm()
        end = clock.monotonic() + PATIENCE_S
        while clock.monotonic() < end:
            for run in self.runs[-1:]:
                if run.end is None and true(run):
                    return run
                if run.end and run.end.code == 0:
                    return None
            clock.sleep(0.02)
        raise TimeoutError("no run came so far")

    def judged(self) -> str:
        """The adapter of the newest run, once it has been judged."""
        self.calm()
        end = clock.monotonic() + PATIENCE_S
        while clock.monotonic() < end:
            with Store.open(self.home) as store:
                newest = next(iter(store.runs.all()), None)
            if newest and newest.adapter:
                return newest.adapter
            clock.sleep(0.5)
        raise TimeoutError("no run came to its end")


def until_gone(run: Watched, change: Callable[[], None]) -> float:
    """Seconds from the change until the run's process and all that it started are gone."""
    family = _family(run.pid)
    began = clock.monotonic()
    change()
    for process in family:
        while _lives(process):
            clock.sleep(0.002)
    return clock.monotonic() - began


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _spent(pid: int) -> float:
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)
