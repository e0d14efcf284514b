"""The conditions under which a run may train, each with its figure in plain words.

They are asked before a run begins and every moment while it goes on. Limits to begin are stricter
than limits to go on, so that a run does not come and go at the edge of one. They compare what they
are handed and look at nothing themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from microtune.daemon.need import Need
from microtune.daemon.quiet_hours import QuietHours
from microtune.daemon.readings import Reading
from microtune.daemon.settings import DaemonSettings

BATTERY_MARGIN = 5  # per cent that it must be above the limit before a run begins
HEAT_TO_BEGIN_C, HEAT_TO_GO_ON_C = 15, 3  # below what the sensor calls hot
DISK_TO_BEGIN_MB, DISK_TO_GO_ON_MB = 1000, 300  # checkpoints and an export fit in the first
MEMORY_TO_GO_ON_MB = 300  # for the others; what the run itself holds is taken already


@dataclass(frozen=True, slots=True)
class Facts:
    """All that conditions look at."""

    need: Need
    reading: Reading
    training: bool = False  # a run of ours is under way
    memory_mb: int = 0  # that a run is expected to take
    retry_in_s: float = 0.0  # after failures
    failure: str = ""  # the last one
    other_trainer: int | None = None  # a process that trains in this home and is none of ours


@dataclass(frozen=True, slots=True)
class Check:
    """What a condition found. `words` give the figure and its limit."""

    name: str
    met: bool
    words: str


class Condition(Protocol):
    """One thing that must hold."""

    def check(self, facts: Facts) -> Check: ...


@dataclass(frozen=True, slots=True)
class SomethingToTrain:
    """Enough new words, or a better reason."""

    enough: int

    def check(self, facts: Facts) -> Check:
        return Check("something new", facts.need.wanted(self.enough), facts.need.words(self.enough))


@dataclass(frozen=True, slots=True)
class MachineIdle:
    """Other programs leave the processor alone.

    What programs of usual priority took since the last look counts, and to begin also the load
    average of the last minute; later that would count the run itself.
    """

    limit: float

    def check(self, facts: Facts) -> Check:
        others, load = facts.reading.others, facts.reading.load
        if facts.training or (others or 0.0) > self.limit:
            if others is None:
                return Check("processor", True, "measured at the next look")
            words = f"others take {others:.0%} of it (limit {self.limit:.0%})"
            return Check("processor", others <= self.limit, words)
        words = f"load {load:.2f} for each core (limit {self.limit:.2f})"
        return Check("processor", load <= self.limit, words)


@dataclass(frozen=True, slots=True)
class NobodyThere:
    """Nobody has touched keyboard or pointer for a while."""

    minutes: float

    def check(self, facts: Facts) -> Check:
        idle = facts.reading.input_idle_s
        if self.minutes == 0:
            return Check("input", True, "is not counted")
        if idle is None:
            return Check("input", True, "this system does not tell, so it is not counted")
        words = f"none for {_duration(idle)} (at least {_duration(self.minutes * 60)})"
        return Check("input", idle >= self.minutes * 60, words)


@dataclass(frozen=True, slots=True)
class EnoughPower:
    """On mains, or well charged."""

    percent: int

    def check(self, facts: Facts) -> Check:
        battery = facts.reading.battery
        if battery is None:
            return Check("power", True, "no battery")
        if battery.on_mains:
            return Check("power", True, f"on mains, battery at {battery.percent:.0f} %")
        margin = 0 if facts.training else BATTERY_MARGIN
        words = f"on battery, at {battery.percent:.0f} % (above {self.percent} %, or on mains)"
        enough = battery.percent > min(99, self.percent + margin)
        return Check("power", enough and self.percent < 100, words)


class NotHot:
    """No sensor is near what it calls hot."""

    def check(self, facts: Facts) -> Check:
        heat = facts.reading.heat
        if heat is None:
            return Check("temperature", True, "no sensor that names a limit")
        limit = heat.limit - (HEAT_TO_GO_ON_C if facts.training else HEAT_TO_BEGIN_C)
        words = f"{heat.sensor} at {heat.celsius:.0f} °C (below {limit:.0f} °C)"
        return Check("temperature", heat.celsius < limit, words)


@dataclass(frozen=True, slots=True)
class OutsideQuietHours:
    """The hours that their owner keeps free are not now."""

    hours: QuietHours | None

    def check(self, facts: Facts) -> Check:
        if self.hours is None:
            return Check("quiet hours", True, "none are set")
        now = facts.reading.time_of_day
        words = f"it is {now:%H:%M}, quiet are {self.hours}"
        return Check("quiet hours", not self.hours.hold(now), words)


class EnoughMemory:
    """A run fits beside what is there."""

    def check(self, facts: Facts) -> Check:
        wanted = MEMORY_TO_GO_ON_MB if facts.training else facts.memory_mb
        words = f"{facts.reading.memory_mb} MB free (at least {wanted} MB)"
        return Check("memory", facts.reading.memory_mb >= wanted, words)


class EnoughDisk:
    """Checkpoints and adapters have room."""

    def check(self, facts: Facts) -> Check:
        wanted = DISK_TO_GO_ON_MB if facts.training else DISK_TO_BEGIN_MB
        words = f"{facts.reading.disk_mb} MB free (at least {wanted} MB)"
        return Check("disk", facts.reading.disk_mb >= wanted, words)


class NobodyElseTrains:
    """No `microtune train` of the person's own is under way."""

    def check(self, facts: Facts) -> Check:
        other = facts.other_trainer
        return Check("other runs", other is None, f"process {other} trains" if other else "none")


class RestedAfterFailure:
    """A run that failed is not begun again at once."""

    def check(self, facts: Facts) -> Check:
        if not facts.failure:
            return Check("failures", True, "none")
        if facts.retry_in_s <= 0:
            return Check("failures", True, f"tries again after: {facts.failure}")
        wait = f"tries again in {_duration(facts.retry_in_s)} (`microtune daemon resume`: now)"
        return Check("failures", False, f"{wait}, after: {facts.failure}")


def conditions(settings: DaemonSettings) -> tuple[Condition, ...]:
    """All of them with the limits that the settings give, the reason to train first."""
    return (SomethingToTrain(settings.new_words), RestedAfterFailure(), *politeness(settings))


def politeness(settings: DaemonSettings) -> tuple[Condition, ...]:
    """Those of them that see to it that nobody is disturbed, whatever is done."""
    return (
        NobodyElseTrains(),
        MachineIdle(settings.idle_load),
        NobodyThere(settings.idle_minutes),
        EnoughPower(settings.battery_percent),
        NotHot(),
        OutsideQuietHours(QuietHours.parse(settings.quiet_hours)),
        EnoughMemory(),
        EnoughDisk(),
    )


def check_all(asked: Sequence[Condition], facts: Facts) -> tuple[Check, ...]:
    """What each finds. A run under way needs no new reason to go on."""
    checks = (condition.check(facts) for condition in asked)
    return tuple(
        c for c in checks if not (facts.training and c.name in ("something new", "failures"))
    )


def unmet(checks: Sequence[Check]) -> str:
    """Those that do not hold, in one line; "" where all do."""
    return "; ".join(f"{check.name}: {check.words}" for check in checks if not check.met)


def _duration(seconds: float) -> str:
    """ "40 s", "12 min" or "3.5 h"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
