"""The daemon's loop: waits for changes, has them collected, has runs trained while that disturbs
nobody, and sends them away when it does. Where no run can begin, drafts are prepared that way.

It wakes when something happens, every half minute while a run waits for its conditions, and more
often only while one is under way. What it does it has done by its collaborators.
"""

from collections.abc import Sequence
from contextlib import suppress

from microtune.contracts import Watch
from microtune.daemon.collaborators import Collaborators
from microtune.daemon.collecting import Collecting
from microtune.daemon.conditions import Check, Facts, check_all, conditions, unmet
from microtune.daemon.lock import holder
from microtune.daemon.need import Need
from microtune.daemon.outlook import Outlook
from microtune.daemon.preparing import Preparing
from microtune.daemon.settings import DaemonSettings
from microtune.daemon.standing import Standing, State, is_paused
from microtune.daemon.training import Training, expected_mb
from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune.words import Source

SAMPLE_S = 0.5  # between looks at the conditions while a run is under way
LEAVING_S = 0.1  # and while it leaves
COLLECTING_S = 0.5  # between looks at whether a collecting job has ended
POLL_S = 30.0  # while one waits for its conditions
REST_S = 60.0  # while there is nothing to do
STOP_S = 10.0  # for a run to save its state when the daemon itself is told to stop


class Daemon:
    """The daemon of one home. `run` returns when it was told to stop."""

    def __init__(self, home: Home, parts: Collaborators) -> None:
        self._home, self._parts = home, parts
        self._stopping = self._reloading = self._was_paused = False
        self._outlook = Outlook(home, parts.chosen)
        self._collecting = Collecting(parts.collect, parts.clock, parts.tell)
        self._training = Training(home, parts)
        self._preparing = Preparing(home, parts)
        self._trouble = ""
        self._stood: tuple[object, ...] = ()
        self._watch: Watch | None = None
        self._watched: tuple[Source, ...] = ()

    # Told by signals: these only note it and wake the loop -------------------------------------

    def stop(self) -> None:
        """Leave as soon as the jobs have saved their state."""
        self._stopping = True
        self._wake()

    def reload(self) -> None:
        """Read settings, sources and the pause anew."""
        self._reloading = True
        self._wake()

    def _wake(self) -> None:
        if self._watch:
            self._watch.wake()

    # The loop ----------------------------------------------------------------------------------

    def run(self) -> None:
        """Raises `MicrotuneError` at the start if the home or its settings cannot be used."""
        self._stand("starting", "looks at the home")  # not what a daemon before was doing
        self._settings = DaemonSettings.load(self._home)
        self._outlook.look(self._training.settle)
        self._watch_sources()
        try:
            while not self._stopping:
                self._step()
                if not self._stopping:
                    self._wait()
        finally:
            self._leave()

    def _step(self) -> None:
        self._look()
        paused = is_paused(self._home)
        if self._was_paused and not paused:
            self._collecting.everything()
        self._was_paused = paused
        if paused:
            self._training.send_away("paused")
            self._preparing.send_away("paused")
            self._collecting.leave()
            self._stand("paused", "until `microtune daemon resume`")
        self._collecting.step(begin=bool(self._watched) and not paused)
        if not paused:
            self._train()

    @property
    def _need(self) -> Need:
        return self._outlook.need.without(self._training.attempts.held_back)

    def _train(self) -> None:
        """Begin a run, let it go on, or send it away, as the conditions have it."""
        training, need = self._training, self._need
        wanted = need.wanted(self._settings.new_words)
        idle = not (training.pid or self._trouble) and (not wanted or training.retry_in_s > 0)
        if idle and self._prepare():
            return
        if not training.pid and (self._trouble or not wanted):
            self._stand("troubled" if self._trouble else "watching", self._trouble or self._idle())
            return
        self._preparing.send_away("a run comes first")
        checks = self._checks()
        why = unmet(checks)
        if training.pid and why:
            training.send_away(why)
        elif not (training.pid or why or training.rests or self._busy):
            training.begin(self._settings.minutes, need)
        if training.pid and not training.leaving:
            self._stand("training", need.words(self._settings.new_words))
        else:
            self._stand("waiting", why or "until the machine has settled", _names(checks))

    def _prepare(self) -> bool:
        """The same with drafts for messages that wait. Whether any are under way."""
        preparing = self._preparing
        if not (preparing.pid or self._outlook.unprepared):
            return False
        preparing.see_to(self._settings, self._outlook.chosen, self._collecting.running)
        if preparing.pid and not preparing.leaving:
            self._stand("preparing", "drafts answers to messages that wait")
        return preparing.pid is not None

    @property
    def _busy(self) -> bool:
        """Whether a job other than a run is under way."""
        return self._collecting.running or self._preparing.pid is not None

    def _checks(self) -> tuple[Check, ...]:
        clock, training = self._parts.clock, self._training
        facts = Facts(
            need=self._need,
            reading=self._parts.read(clock.now().time()),
            training=training.pid is not None,
            memory_mb=expected_mb(training.attempts, self._outlook.chosen),
            retry_in_s=training.retry_in_s,
            failure=training.attempts.failure,
            other_trainer=None if training.pid else holder(self._home.runs / ".lock"),
        )
        return check_all(conditions(self._settings), facts)

    def _wait(self) -> None:
        if self._watch:
            self._collecting.add(self._watch.wait(self._patience()))

    def _patience(self) -> float:
        """How long to wait for changes, seconds."""
        for job in (self._training, self._preparing):
            if job.pid:
                return LEAVING_S if job.leaving else SAMPLE_S
        if self._collecting.running:
            return COLLECTING_S
        if self._was_paused:
            return REST_S
        wanted = self._need.wanted(self._settings.new_words) or self._outlook.unprepared
        return min(POLL_S if wanted else REST_S, self._collecting.due_in())

    # What changed ------------------------------------------------------------------------------

    def _look(self) -> None:
        """See how jobs and store stand; a home that cannot be used now is tried again."""
        asked, self._reloading = self._reloading, False
        ended, drafted = self._training.step(), self._preparing.step()
        trouble = ""
        try:
            if asked:
                self._settings = DaemonSettings.load(self._home)
                self._training.forgive()
                self._preparing.forgive()
            again = asked or bool(ended or drafted)
            self._outlook.look(self._training.settle, again)
            self._watch_sources()
        except MicrotuneError as error:
            trouble = str(error)
        if ended:
            self._training.conclude(ended)
        if trouble and trouble != self._trouble:
            self._parts.tell(trouble)
        self._trouble = trouble

    def _watch_sources(self) -> None:
        """Watch the sources that there are now, and read the new ones."""
        sources = self._outlook.sources
        if self._watch and sources == self._watched:
            return
        before, self._watch = self._watch, self._parts.watch(sources)
        self._watched = sources
        self._collecting.everything()
        if before:
            before.close()

    def _leave(self) -> None:
        """Let the jobs save their state, then end what is still there."""
        clock, end = self._parts.clock, self._parts.clock.awake() + STOP_S
        self._training.send_away("the daemon stops")
        self._preparing.send_away("the daemon stops")
        self._collecting.leave()
        while self._training.pid or self._busy:
            if ended := self._training.step(grace_s=STOP_S):
                self._training.conclude(ended)
            self._preparing.step()
            self._collecting.step(begin=False)
            if clock.awake() > end:
                self._collecting.kill()
            if self._watch:
                self._watch.wait(LEAVING_S)
        if self._watch:
            self._watch.close()

    # What others are told ----------------------------------------------------------------------

    def _stand(self, state: State, line: str, names: Sequence[str] = ()) -> None:
        """Write down what goes on, when it is something else than before."""
        complaint = self._collecting.complaint
        stood = (state, self._training.pid, complaint, *names)
        if stood == self._stood:
            return
        self._stood = stood
        line += f"; cannot collect: {complaint}" if complaint else ""
        since = self._parts.clock.now().isoformat(timespec="seconds")
        with suppress(OSError):  # a full disk: they see the last that could be written
            Standing(state, line, since, self._training.pid).save(self._home)

    def _idle(self) -> str:
        """Why there is nothing to train, in words."""
        sources = len(self._watched)
        need = self._need.words(self._settings.new_words)
        return f"{sources} source{'' if sources == 1 else 's'}; {need}"


def _names(checks: Sequence[Check]) -> list[str]:
    return [check.name for check in checks if not check.met]
