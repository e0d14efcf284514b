"""A world for the daemon's loop: clock, watch, jobs and machine go by script, and nothing waits.

Each wait of the loop moves the clock by as long as it asked for and runs the script's next step;
after the last one the daemon is told to stop. The store in the home is a real one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from microtune.contracts import Change
from microtune.daemon.collaborators import Chosen, Collaborators
from microtune.daemon.jobs import INTERRUPTED, Ended
from microtune.daemon.loop import Daemon
from microtune.daemon.readings import Reading
from microtune.daemon.standing import Standing
from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune.store import Store
from microtune.words import Source
from tests.microtune.invented import document, keep, letter

BASE = "b" * 64
CALM = Reading(
    time_of_day=time(3, 0),
    load=0.05,
    others=0.02,
    input_idle_s=3600.0,
    battery=None,
    heat=None,
    memory_mb=16_000,
    disk_mb=50_000,
)

POCKET = Chosen(BASE, memory_mb=1000)

Step = Callable[[], object]


@dataclass
class ScriptedJob:
    """A job that goes on until the script or the daemon ends it."""

    kind: str  # "collect", "train" or "prepare"
    changes: tuple[Change, ...] = ()
    minutes: float = 0.0
    stubborn: bool = False  # does not leave when asked
    pid: int = 4242
    asked: bool = False
    killed: bool = False
    end: Ended | None = None

    def ended(self) -> Ended | None:
        return self.end

    def leave(self) -> None:
        self.asked = True
        if not self.stubborn:
            self.end = self.end or Ended(INTERRUPTED)

    def kill(self) -> None:
        self.killed = True
        self.end = Ended(-9)


@dataclass
class World:
    """Everything around one daemon."""

    home: Home
    chosen: Chosen = POCKET
    reading: Reading = CALM
    seconds: float = 1000.0
    slept: float = 0.0
    set_by_s: float = 0.0  # how far somebody put the time of day
    jobs: list[ScriptedJob] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)
    watched: list[tuple[Source, ...]] = field(default_factory=list)
    open_watches: int = 0
    stubborn: bool = False
    trouble: MicrotuneError | None = None  # of the settings
    steps: list[Step] = field(default_factory=list)

    def run(self, *steps: Step) -> None:
        """A daemon's life: these steps, one for each time that it waits, then SIGTERM."""
        self.steps = list(steps)
        self.daemon = Daemon(self.home, self.parts())
        self.daemon.run()

    def parts(self) -> Collaborators:
        return Collaborators(
            watch=self._watch,
            collect=lambda changes: self._start(ScriptedJob("collect", tuple(changes))),
            train=lambda minutes: self._start(
                ScriptedJob("train", minutes=minutes, stubborn=self.stubborn)
            ),
            chosen=self._chosen,
            read=lambda time_of_day: self.reading,
            clock=self,
            announce=self.announced.append,
            tell=self.told.append,
            prepare=lambda: self._start(ScriptedJob("prepare", stubborn=self.stubborn)),
        )

    def _chosen(self) -> Chosen:
        if self.trouble:
            raise self.trouble
        return self.chosen

    # Clock

    def awake(self) -> float:
        return self.seconds

    def asleep(self) -> float:
        return self.slept

    def now(self) -> datetime:
        return datetime(2026, 5, 1, tzinfo=UTC) + timedelta(seconds=self.seconds + self.set_by_s)

    # Watch

    def _watch(self, sources: Sequence[Source]) -> "World":
        self.watched.append(tuple(sources))
        self.open_watches += 1
        return self

    def wait(self, seconds: float) -> tuple[Change, ...]:
        self.waits.append(seconds)
        assert len(self.waits) < 1000, "the daemon does not come to an end"
        self.seconds += seconds
        if not self.steps:
            self.daemon.stop()
            return ()
        said = self.steps.pop(0)()
        return said if isinstance(said, tuple) else ()

    def wake(self) -> None:
        """Nothing sleeps here."""

    def close(self) -> None:
        self.open_watches -= 1

    # Jobs

    def _start(self, job: ScriptedJob) -> ScriptedJob:
        self.jobs.append(job)
        return job

    def of(self, kind: str) -> list[ScriptedJob]:
        return [job for job in self.jobs if job.kind == kind]

    # Steps of a script

    def nothing(self) -> None:
        """Time passes."""

    def job_ends(self, code: int = 0, complaint: str = "", **facts: object) -> Step:
        """The newest job comes to its end."""

        def step() -> None:
            self.jobs[-1].end = Ended(code, facts, complaint)

        return step

    def machine(self, **changes: object) -> Step:
        """The machine is otherwise from now on."""

        def step() -> None:
            self.reading = replace(self.reading, **changes)  # type: ignore[arg-type]

        return step


def write_letters(home: Home, numbers: range) -> None:
    """Letters of about 80 words each are in the store."""
    with Store.open(home) as store:
        keep(store, *(document(letter(n), f"{n}.txt") for n in numbers))


def run_ended(home: Home, state: str = "promoted", base: str = BASE) -> str:
    """A run on all letters that are there comes to its end; returns its id."""
    with Store.open(home) as store:
        ids = [one.id for one in store.documents.live()]
        run = store.runs.start(
            {"base_sha256": base}, {"train": ids, "validation": [], "heldout": []}
        )
        assert state in ("promoted", "rejected", "failed")
        store.runs.finish(run.id, state, f"{state} for a reason", f"adapter-{run.id}")
        return run.id


def state(world: World) -> str:
    """What the daemon last wrote down of itself, in one word."""
    standing = Standing.load(world.home)
    assert standing is not None
    return standing.state
