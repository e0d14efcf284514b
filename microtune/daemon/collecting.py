"""When to collect: what changed soon after it changed, everything now and then, in a job.

A pass over everything is due at the start, once a day, after the machine slept, and again after
a source could not be read. Knows nothing of sources.
"""

import signal
from collections.abc import Callable, Sequence

from microtune.contracts import Change
from microtune.daemon.clock import Clock
from microtune.daemon.jobs import Ended, Job
from microtune.errors import MicrotuneError

GAP_S = 10.0  # between two jobs: a busy writer costs one start of Python in this time
DAILY_S = 24 * 3600.0
SLEPT_S = 60.0  # a shorter sleep loses no event that a collector would not see anyway
FIRST_RETRY_S, LONGEST_RETRY_S = 300.0, 3600.0
GAVE_WAY = -signal.SIGTERM  # to a pass of its owner's: see `microtune.only_pass`
MOST_CHANGES = 200  # more at once are quicker read in a pass over everything


class Collecting:
    """Gathers changes and starts jobs. `step` never waits."""

    def __init__(
        self, start: Callable[[Sequence[Change]], Job], clock: Clock, tell: Callable[[str], None]
    ) -> None:
        self._start, self._clock, self._tell = start, clock, tell
        self._changes: dict[Change, None] = {}  # in the order in which they came
        self._job: Job | None = None
        self._whole_at = clock.awake()  # when a pass over everything is due
        self._not_before = clock.awake()
        self._slept = clock.asleep()
        self._retry_s = FIRST_RETRY_S
        self._doing: tuple[Change, ...] = ()
        self._complaint = ""
        self._asked = False  # the job under way to leave

    @property
    def running(self) -> bool:
        return self._job is not None

    @property
    def complaint(self) -> str:
        """Why the last pass over everything, or a part of one since, failed; "" where none did."""
        return self._complaint

    def add(self, changes: Sequence[Change]) -> None:
        """Something changed."""
        self._changes.update(dict.fromkeys(changes))

    def everything(self) -> None:
        """A pass over everything is due now."""
        self._whole_at = self._clock.awake()

    def due_in(self) -> float:
        """Seconds until there is something to do here, if nothing changes before."""
        if self._job:
            return DAILY_S  # nothing before it has ended
        next_at = self._not_before if self._changes else max(self._whole_at, self._not_before)
        return max(0.0, next_at - self._clock.awake())

    def step(self, begin: bool = True) -> None:
        """See to the job under way, or start the next if there is to be one."""
        self._notice_sleep()
        if self._job and (ended := self._job.ended()):
            self._job = None
            self._not_before = self._clock.awake() + GAP_S
            self._conclude(ended)
        if begin and self._job is None and self._clock.awake() >= self._not_before:
            self._begin()

    def leave(self) -> None:
        """Ask the job to end; it has committed what it read, and a later one reads the rest."""
        if self._job and not self._asked:
            self._asked = True
            self._job.leave()

    def kill(self) -> None:
        if self._job:
            self._job.kill()

    def _notice_sleep(self) -> None:
        slept = self._clock.asleep()
        if slept - self._slept > SLEPT_S:
            self.everything()
        self._slept = slept

    def _begin(self) -> None:
        whole = self._clock.awake() >= self._whole_at or len(self._changes) > MOST_CHANGES
        if not whole and not self._changes:
            return
        self._doing = () if whole else tuple(self._changes)
        self._asked = False
        try:
            self._job = self._start(self._doing)
        except MicrotuneError as error:
            self._failed(error.what)
            return
        self._changes.clear()
        if whole:
            self._whole_at = self._clock.awake() + DAILY_S

    def _conclude(self, ended: Ended) -> None:
        new, updated = (int(ended.facts.get(name, 0)) for name in ("new", "updated"))
        if new or updated:
            self._tell(f"collected {new} new and {updated} updated texts")
        if self._asked or ended.code == GAVE_WAY:
            self.everything()
        elif ended.code:
            self._failed(ended.why)
        elif not self._doing:
            self._retry_s, self._complaint = FIRST_RETRY_S, ""

    def _failed(self, why: str) -> None:
        """Try everything again later; a complaint that goes on is told once."""
        if why != self._complaint:
            self._tell(f"collecting: {why}")
        self._complaint = why
        now = self._clock.awake()
        self._not_before = max(self._not_before, now + GAP_S)
        self._whole_at = min(self._whole_at, now + self._retry_s)
        self._retry_s = min(2 * self._retry_s, LONGEST_RETRY_S)
