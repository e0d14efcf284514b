"""What happens to a daemon in its life: stops and kills, pauses, a source that is away, commands.

Each is one method, which returns what it found wrong in lines. Knows nothing of what is written and
collected meanwhile.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from homes import PROGRAM
from soak_hand import held

from microtune.daemon.lock import daemon_of
from microtune.locations import Home

HERE = Path(__file__).resolve().parent
START_S = 120.0  # on a machine that is busy with other work
COMMAND_S = 300.0
JOBS_END_S = 60.0  # they give themselves 20 s to save their state
ENDINGS = ("killed", "stopped")  # after these another process is the daemon
MINUTE_S = 60.0


@dataclass(slots=True)
class Place:
    """Where a soak happens."""

    work: Path
    home: Path
    temporary: Path
    clock: Path
    speed: float

    @property
    def log(self) -> Path:
        return self.work / "daemon.log"


class DidNotStart(Exception):
    """The message says why, as far as the daemon did."""


class Resident:
    """The daemon's process: started, looked at, ended, again and again."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self.life = 0
        self.start()

    def start(self) -> None:
        place = self._place
        command = [sys.executable, HERE / "soak_daemon.py", place.home, place.speed, place.clock]
        with place.log.open("a") as log:
            self._started = subprocess.Popen(
                list(map(str, command)),
                stdout=log,
                stderr=log,
                env={**os.environ, "TMPDIR": str(place.temporary)},
            )
        self.process = psutil.Process(self._started.pid)
        self.life += 1
        end = time.monotonic() + START_S
        while daemon_of(Home(place.home)) != self._started.pid:
            if self._ended() or time.monotonic() > end:
                raise DidNotStart(f"the daemon did not start: {place.log.read_text()[-300:]}")
            time.sleep(0.05)

    def kill(self) -> list[str]:
        """SIGKILL to it alone. Its jobs must be gone soon after; those that are not are told."""
        ended, children = self._ended(), []
        with contextlib.suppress(psutil.Error):
            children = self.process.children(recursive=True)
        self._started.kill()
        self._started.wait()
        _, left = psutil.wait_procs(children, timeout=JOBS_END_S)
        found = [f"a job outlived the killed daemon: {_words(orphan)}" for orphan in left]
        for orphan in left:
            with contextlib.suppress(psutil.Error):
                orphan.kill()
        return [*ended, *found]

    def stop(self) -> list[str]:
        """SIGTERM, and a clean end."""
        if ended := self._ended():
            return ended
        self._started.terminate()
        try:
            code = self._started.wait(60.0)
        except subprocess.TimeoutExpired:
            self.kill()
            return ["the daemon did not end within a minute of SIGTERM"]
        return [f"the daemon ended with {code} after SIGTERM"] if code else []

    def _ended(self) -> list[str]:
        code = self._started.poll()
        return [] if code is None else [f"the daemon had ended by itself with {code}"]


def lift(process: psutil.Process) -> None:
    """Give the daemon's jobs the priority of this process, on Linux, as root.

    They put themselves last of all, and would hardly come to anything in an hour on a machine that
    is busy with other work all the time.
    """
    with contextlib.suppress(psutil.Error, OSError):
        for job in process.children(recursive=True):
            if os.sched_getscheduler(job.pid) == os.SCHED_IDLE:
                for thread in job.threads():
                    os.sched_setscheduler(thread.id, os.SCHED_OTHER, os.sched_param(0))
                    os.setpriority(os.PRIO_PROCESS, thread.id, os.nice(0))
                Path(f"/proc/{job.pid}/autogroup").write_text(str(os.nice(0)))


def _words(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return " ".join(process.cmdline()[-6:])
    return "gone since"


@dataclass(slots=True)
class Troubles:
    """`done` counts them by name. `roots`: the folders that can be renamed away."""

    place: Place
    resident: Resident
    roots: Sequence[Path]
    chance: random.Random
    done: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    _bag: list[str] = field(default_factory=list)

    def one(self, endings: bool) -> None:
        """The next of a shuffled bag of all; `endings`: the daemon itself may be ended too."""
        if not self._bag:
            self._bag = list(self._kinds())
            self.chance.shuffle(self._bag)
        kind = self._bag.pop()
        if kind in ENDINGS and not endings:
            return
        self.problems += [f"{kind}: {line}" for line in self._kinds()[kind]()]
        self.done[kind] = self.done.get(kind, 0) + 1

    def _kinds(self) -> dict[str, Callable[[], list[str]]]:
        return {
            "killed": self._killed,
            "stopped": self._stopped,
            "a job killed": self._job_killed,
            "paused": self._paused,
            "a source away": self._away,
            "SIGHUP": self._hung_up,
            "collect by hand": lambda: self.command("collect"),
            "status by hand": lambda: self.command("status"),
            "daemon status": lambda: self.command("daemon", "status"),
            "settings changed": self._settings,
        }

    # What happens ------------------------------------------------------------------------------

    def _killed(self) -> list[str]:
        found = self.resident.kill()
        time.sleep(self.chance.uniform(0, 8))
        self.resident.start()
        return found

    def _stopped(self) -> list[str]:
        found = self.resident.stop()
        self.resident.start()
        return found

    def _job_killed(self) -> list[str]:
        """Whatever the daemon has under way; it comes when one is, or not at all."""
        end = time.monotonic() + MINUTE_S
        while time.monotonic() < end:
            with contextlib.suppress(psutil.Error, IndexError):
                self.chance.choice(self.resident.process.children()).kill()
                return []
            time.sleep(0.1)
        return []

    def _paused(self) -> list[str]:
        found = self.command("daemon", "pause")
        time.sleep(self.chance.uniform(2, 15))
        return found + self.command("daemon", "resume")

    def _away(self) -> list[str]:
        root = self.chance.choice(self.roots)
        aside = root.with_name(f"{root.name} unplugged")
        with held(root):
            root.rename(aside)
        time.sleep(self.chance.uniform(5, 45))
        with held(root):
            aside.rename(root)
        return []

    def _hung_up(self) -> list[str]:
        self.resident.process.send_signal(signal.SIGHUP)
        return []

    def _settings(self) -> list[str]:
        words = self.chance.choice((2000, 3000, 4000))
        return self.command("daemon", "settings", f"new_words={words}")

    def command(self, *words: str) -> list[str]:
        """A command of the owner's, to its end; what it said where it failed."""
        command = [sys.executable, "-c", PROGRAM, *words, "--home", str(self.place.home), "--json"]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=COMMAND_S
            )
        except subprocess.TimeoutExpired:
            return [f"`{' '.join(words)}` did not end"]
        said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        return [f"`{' '.join(words)}`: {done.returncode}, {said}"] if done.returncode else []
