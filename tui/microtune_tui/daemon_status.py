"""What the daemon of a home does and why, asked from another process."""

from dataclasses import asdict, dataclass
from typing import Any

import psutil

from microtune.daemon.attempts import Attempts
from microtune.daemon.clock import SystemClock
from microtune.daemon.conditions import Check, Facts, check_all, conditions
from microtune.daemon.lock import daemon_of, holder
from microtune.daemon.need import need_of
from microtune.daemon.sensors import Sensors
from microtune.daemon.settings import DaemonSettings
from microtune.daemon.standing import Standing, is_paused
from microtune.daemon.training import expected_mb
from microtune.store import Store
from microtune_tui.resident import chosen
from microtune_tui.wiring import Wiring

NOT_RUNNING = "not running"


@dataclass(frozen=True, slots=True)
class Seen:
    """The daemon as it stands; `standing` is None where none runs."""

    pid: int | None
    standing: Standing | None
    paused: bool

    @property
    def state(self) -> str:
        """One word or two."""
        if self.pid is None:
            return "paused" if self.paused else NOT_RUNNING
        return self.standing.state if self.standing else "starting"

    @property
    def line(self) -> str:
        """The same with when and why."""
        if self.pid is None:
            start = "`microtune daemon install` has it started for you"
            return f"not running{', and paused' * self.paused} ({start})"
        if not self.standing:
            return f"starting (process {self.pid})"
        since = self.standing.since[:16].replace("T", " ")
        return f"{self.state} since {since} (process {self.pid}): {self.standing.line}"


def seen(wiring: Wiring) -> Seen:
    """Look at lock and file of the daemon; cheap."""
    pid = daemon_of(wiring.home)
    return Seen(pid, Standing.load(wiring.home) if pid else None, is_paused(wiring.home))


def rss_mb(pid: int | None) -> int | None:
    """What the process holds resident, in MB (10^6 bytes)."""
    try:
        return round(psutil.Process(pid).memory_info().rss / 1e6) if pid else None
    except psutil.Error:
        return None


def checks_now(wiring: Wiring, store: Store, seen: Seen) -> tuple[Check, ...]:
    """Each condition with its figure, as it is at this moment."""
    home, clock = wiring.home, SystemClock()
    settings, base, attempts = DaemonSettings.load(home), chosen(wiring), Attempts.load(home)
    trains = seen.pid is not None and seen.standing is not None and seen.state == "training"
    facts = Facts(
        need=need_of(store, base.base_sha256, base.misfit).without(attempts.held_back),
        reading=Sensors(home.path).read(clock.now().time()),
        training=trains,
        memory_mb=expected_mb(attempts, base),
        retry_in_s=attempts.wait_left_s(clock.now()),
        failure=attempts.failure,
        other_trainer=None if trains else holder(home.runs / ".lock"),
    )
    return check_all(conditions(settings), facts)


def check_facts(checks: tuple[Check, ...]) -> list[dict[str, Any]]:
    return [asdict(check) for check in checks]


def check_lines(checks: tuple[Check, ...]) -> list[str]:
    """One line for each condition, those that do not hold marked."""
    return [f"  {'  ' if check.met else '->'} {check.name}: {check.words}" for check in checks]
