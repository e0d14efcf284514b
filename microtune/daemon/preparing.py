"""Drafts prepared for messages that wait, as the daemon sees it: a job like a run, of a minute.

Nothing is lost where it is sent away: each draft is kept once it is whole.
"""

from microtune.daemon.clock import Clock
from microtune.daemon.collaborators import Chosen, Collaborators
from microtune.daemon.conditions import Facts, check_all, politeness, unmet
from microtune.daemon.jobs import INTERRUPTED, Ended, Job
from microtune.daemon.lock import holder
from microtune.daemon.need import Need
from microtune.daemon.settings import DaemonSettings
from microtune.errors import MicrotuneError
from microtune.locations import Home

GRACE_S = 1.0  # to leave; one that is still there afterwards is ended
REST_S = 30.0  # after it was sent away
FIRST_RETRY_S, LONGEST_RETRY_S = 600.0, 6 * 3600.0  # after a failure


class Preparing:
    """At most one job. `step` never waits."""

    def __init__(self, home: Home, parts: Collaborators) -> None:
        self._home, self._parts = home, parts
        self._clock: Clock = parts.clock
        self._job: Job | None = None
        self._left_at: float | None = None
        self._rest_until = 0.0
        self._retry_s = FIRST_RETRY_S

    @property
    def pid(self) -> int | None:
        """The process that drafts, if one does."""
        return self._job.pid if self._job else None

    @property
    def leaving(self) -> bool:
        return self._left_at is not None

    @property
    def rests(self) -> bool:
        """Whether it was sent away or failed a short while ago."""
        return self._clock.awake() < self._rest_until

    def forgive(self) -> None:
        """Forget that it failed: its owner has the daemon look again."""
        self._rest_until, self._retry_s = self._clock.awake(), FIRST_RETRY_S

    def see_to(self, settings: DaemonSettings, chosen: Chosen, busy: bool) -> None:
        """Begin, let it go on, or send it away, by the conditions under which a run may train.

        `busy`: another job is under way, which is waited for.
        """
        facts = Facts(
            need=Need(chosen.base_sha256, 0, 0),
            reading=self._parts.read(self._clock.now().time()),
            training=self.pid is not None,
            memory_mb=chosen.drafting_mb,
            other_trainer=holder(self._home.runs / ".lock"),
        )
        why = unmet(check_all(politeness(settings), facts))
        if self.pid and why:
            self.send_away(why)
        elif not (self.pid or why or self.rests or busy):
            self._begin()

    def _begin(self) -> None:
        if self._parts.prepare is None:
            return
        try:
            self._job = self._parts.prepare()
        except MicrotuneError as error:
            self._failed(error.what)

    def send_away(self, why: str) -> None:
        """Ask the job to leave; `step` sees to it that it does."""
        if self._job is None or self.leaving:
            return
        self._parts.tell(f"preparing drafts leaves: {why}")
        self._left_at = self._clock.awake()
        self._job.leave()

    def step(self, grace_s: float = GRACE_S) -> Ended | None:
        """See to the job under way. Returns how it ended if it just did."""
        if self._job is None:
            return None
        ended = self._job.ended()
        if ended:
            self._job = None
            self._conclude(ended)
        elif self._left_at is not None and self._clock.awake() - self._left_at >= grace_s:
            self._job.kill()
        return ended

    def _conclude(self, ended: Ended) -> None:
        sent_away, self._left_at = self.leaving, None
        if made := int(ended.facts.get("prepared") or 0):
            self._parts.tell(f"prepared {made} draft{'' if made == 1 else 's'}")
        if sent_away or ended.code == INTERRUPTED:
            self._rest_until = self._clock.awake() + REST_S
        elif ended.code:
            self._failed(ended.why)
        else:
            self._retry_s = FIRST_RETRY_S

    def _failed(self, why: str) -> None:
        """Try again later, and later each time."""
        self._parts.tell(f"preparing drafts failed: {why}")
        self._rest_until = self._clock.awake() + self._retry_s
        self._retry_s = min(4 * self._retry_s, LONGEST_RETRY_S)
