"""A training run as the daemon sees it: a job that it begins, sends away, and whose end it judges.

What became of a run is read from the store, so that nothing is lost if the daemon was killed while
the run ended. Knows nothing of conditions.
"""

from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace

from microtune.daemon import notices
from microtune.daemon.attempts import Attempts
from microtune.daemon.clock import Clock
from microtune.daemon.collaborators import Chosen, Collaborators
from microtune.daemon.jobs import INTERRUPTED, NOTHING_NEW, Ended, Job
from microtune.daemon.need import HeldBack, Need
from microtune.daemon.notices import Notice
from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune.runs import Run
from microtune.store import Store

GRACE_S = 1.0  # to save its state; one that is still there afterwards goes back to its checkpoint
REST_S = 30.0  # after a run was sent away, whose traces in the load fade meanwhile
NONE_YET = "-"  # settled: no run had ended


class Training:
    """At most one job. `step` never waits."""

    def __init__(self, home: Home, parts: Collaborators) -> None:
        self._home, self._parts = home, parts
        self._clock: Clock = parts.clock
        self._tell: Callable[[str], None] = parts.tell
        self._job: Job | None = None
        self._left_at: float | None = None
        self._rest_until = 0.0
        self._came_of_it: list[Run] = []  # the runs that ended while the job went on
        self._wanted = HeldBack()  # all words that were new when it began
        self.attempts = Attempts.load(home)
        self._retry_at = self._clock.awake() + self.attempts.wait_left_s(self._clock.now())

    @property
    def pid(self) -> int | None:
        """The process that trains, if one does."""
        return self._job.pid if self._job else None

    @property
    def leaving(self) -> bool:
        return self._left_at is not None

    @property
    def retry_in_s(self) -> float:
        """Seconds until a run may begin again after a failure."""
        return max(0.0, self._retry_at - self._clock.awake()) if self.attempts.failures else 0.0

    @property
    def rests(self) -> bool:
        """Whether a run has just been sent away."""
        return self._clock.awake() < self._rest_until

    def forgive(self) -> None:
        """Look again at what is remembered: its owner may have had it forgotten."""
        self.attempts = Attempts.load(self._home)
        if not self.attempts.failures:
            self._retry_at = self._rest_until = self._clock.awake()

    def begin(self, minutes: float, need: Need) -> None:
        """Start a run, or go on with the interrupted one."""
        self._came_of_it.clear()
        self._wanted = HeldBack(need.last, need.new_words + need.held_back)
        try:
            self._job = self._parts.train(minutes)
            self._tell(f"training begins (process {self._job.pid})")
        except MicrotuneError as error:
            self._failed(error.what)

    def send_away(self, why: str) -> None:
        """Ask the job to save its state and leave; `step` sees to it that it does."""
        if self._job is None or self.leaving:
            return
        self._tell(f"training leaves: {why}")
        self._left_at = self._clock.awake()
        self._job.leave()

    def step(self, grace_s: float = GRACE_S) -> Ended | None:
        """See to the job under way. Returns how it ended if it just did; then `conclude`."""
        if self._job is None:
            return None
        ended = self._job.ended()
        if ended:
            self._job = None
        elif self._left_at is not None and self._clock.awake() - self._left_at >= grace_s:
            self._job.kill()
        return ended

    def conclude(self, ended: Ended) -> None:
        """Draw the conclusions from how a job ended; `settle` first."""
        sent_away, self._left_at = self.leaving, None
        judged = any(run.state in ("promoted", "rejected") for run in self._came_of_it)
        if ended.code == 0 or judged:
            self._remember(self._after_success(ended))
        elif sent_away or ended.code == INTERRUPTED:
            self._rest_until = self._clock.awake() + REST_S
        else:
            self._tell(f"training failed: {ended.why}")
            self._failed(ended.why)

    def _after_success(self, ended: Ended) -> Attempts:
        attempts = self.attempts.cleared()
        if ended.facts.get("status") == NOTHING_NEW:
            self._tell(str(ended.facts.get("reason", NOTHING_NEW)))
            return replace(attempts, held_back=self._wanted)
        return replace(attempts, peak_mb=int(ended.facts.get("peak_rss_mb") or attempts.peak_mb))

    def kill(self) -> None:
        if self._job:
            self._job.kill()

    def settle(self, store: Store) -> None:
        """Announce each run that has ended since the last time, once.

        A home whose runs nobody has followed yet begins at the newest.
        """
        before = self.attempts.settled
        new, newest = _ended_after(store, before)
        if before == newest:
            return
        for run in reversed(new):
            self._announce(run)
        self._came_of_it += new
        self._remember(replace(self.attempts, settled=newest))

    def _announce(self, run: Run) -> None:
        self._tell(f"run {run.id} {run.state}: {run.reason}")
        if run.state != "promoted":
            return
        line = f"A new adapter, {run.adapter}, is in use: {run.reason}."
        at = self._clock.now().isoformat(timespec="seconds")
        with suppress(OSError):  # a full disk: it is in use all the same
            if notices.add(self._home, Notice(run.id, at, line)):
                self._parts.announce(line)

    def _failed(self, why: str) -> None:
        self._remember(self.attempts.failed(why, self._clock.now()))
        self._retry_at = self._clock.awake() + self.attempts.wait_s

    def _remember(self, attempts: Attempts) -> None:
        self.attempts = attempts
        with suppress(OSError):  # a full disk: it is remembered until the next restart
            attempts.save(self._home)


def expected_mb(attempts: Attempts, chosen: Chosen) -> int:
    """The memory of a run: a fifth more than the last one took, or a guess from the base."""
    return int(1.2 * attempts.peak_mb) or chosen.memory_mb


def _ended_after(store: Store, before: str) -> tuple[list[Run], str]:
    """The runs that ended after `before`, newest first (none for ""), and which ended last.

    Older ones are not even read: there are more of them every day.
    """
    new: list[Run] = []
    newest = ""
    with closing(store.runs.newest_first()) as runs:
        for run in runs:
            if not run.finished:
                continue
            newest = newest or run.id
            if run.id == before or not before:
                break
            new.append(run)
    return new, newest or NONE_YET
