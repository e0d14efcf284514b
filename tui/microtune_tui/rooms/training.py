"""Training: how a run goes on, what came of those before, and what the next one waits for."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from microtune.daemon.jobs import INTERRUPTED
from microtune.daemon.settings import DaemonSettings
from microtune.errors import MicrotuneError
from microtune_tui import adapter_acts, daemon_orders, training_words
from microtune_tui.child_work import ChildWork
from microtune_tui.dialogues.confirm import Confirm
from microtune_tui.rooms.room import Room
from microtune_tui.training_seen import TrainingSeen, UnderWay, training_seen, under_way
from microtune_tui.widgets.charts import HistoryChart, LossChart
from microtune_tui.widgets.measurements import MeasurementsPane
from microtune_tui.widgets.section import Section, Sections

LOOK_S = 1.0
LOOKS_AT_ALL = 5  # every so many looks; the others see only how the run stands


def make() -> "Training":
    return Training()


class Training(Room):
    """Sections that say what is; a few keys that change it."""

    NAME = "training"
    LABEL = "Training"
    HELP_TEXT: ClassVar[str] = """\
microtune learns how you write while nobody needs the machine. Here you see how that goes.

- The **curve** falls while a run learns: your texts surprise it less and less.
- **Measurements** are made on texts that no run has learned from. An adapter comes into use only
  if it is closer to them than what there was before.
- **T** trains now, beside what you do; **X** stops it, and nothing that was learned is lost.
- **B** goes back to the adapter before this one.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "train", "Train now"),
        Binding("x", "stop", "Stop"),
        Binding("b", "roll_back", "Roll back"),
        Binding("p", "pause", "Pause/resume the daemon"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._work: ChildWork | None = None
        self._seen: TrainingSeen | None = None
        self._run = UnderWay()
        self._looks = 0

    def contents(self) -> ComposeResult:
        with Sections(id="sections"):
            with Vertical(id="left"):
                with Section("Now", id="now"):
                    yield Static("", id="standing", markup=False)
                with Section("How it learns", id="learning"):
                    yield LossChart("loss")
                    yield Static("", id="no-loss", classes="hint", markup=False)
            with Vertical(id="right"):
                yield MeasurementsPane()
                with Section("Adapters over time", id="history"):
                    yield Static("", id="adapters", markup=False)
                    yield HistoryChart("figures-chart")
                with Section("Your texts", id="texts"):
                    yield Static("", id="kept", markup=False)

    async def on_mount(self) -> None:
        self.set_interval(LOOK_S, self._look_now_and_then)
        await self._look()

    async def on_unmount(self) -> None:
        work, self._work = self._work, None
        if work is not None:
            await work.close()

    # What the person does -------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys work now: None dims one."""
        situation = self.situation
        if action == "train":
            idle = self._run.pid is None and self._work is None
            return bool(situation and situation.base and idle) or None
        if action == "stop":
            return True if self._work or self._run.pid is not None else None
        if action == "roll_back":
            return bool(situation and (situation.adapter or situation.misfit)) or None
        return True

    def action_train(self) -> None:
        """Train now, in a process of its own."""
        try:
            minutes = DaemonSettings.load(self.assistant.wiring.home).minutes
            self._work = ChildWork(self.assistant.wiring.home, "train", "--minutes", str(minutes))
        except MicrotuneError as error:
            self.say(str(error), "trouble")
            return
        self.say("Training has begun. You can write meanwhile; X stops it.", "busy")
        self.refresh_bindings()
        self.run_worker(self._follow(self._work))

    def action_stop(self) -> None:
        if self._work:
            self._work.leave()
            self.say("Stopping; what was learned so far is kept.", "busy")
        elif self._seen and self._seen.daemon.state == "training":
            self.say("The daemon trains: P pauses it, and nothing that was learned is lost.")
        else:
            self.say(f"It is trained in another terminal (process {self._run.pid}): stop it there.")

    def action_roll_back(self) -> None:
        """Ask, then go back to the adapter before this one."""
        self.beside(self._roll_back, "ask")

    def action_pause(self) -> None:
        """Have the daemon pause, or go on."""
        self.beside(self._pause, "ask")

    async def _follow(self, work: ChildWork) -> None:
        ended = await work.end()
        if self._work is not work:
            return  # the assistant is closing
        self._work = None
        self.say(*training_words.outcome(ended))
        if ended.code in (0, INTERRUPTED):
            self.assistant.session.look()
        await self._look()

    async def _roll_back(self) -> None:
        wiring, situation = self.assistant.wiring, self.situation
        active = (situation.adapter or situation.misfit) if situation else None
        before = await self.clerk(lambda store: (adapter_acts.before(wiring),))
        if before is None or active is None:
            return
        lines = training_words.roll_back(active, before[0])
        if await self.app.push_screen_wait(Confirm("Roll back", lines, "Roll back")):
            done = await self.clerk(lambda store: (adapter_acts.roll_back(wiring, store),))
            if done:
                self.say(training_words.rolled_back(done[0]))
                self.assistant.session.look()
                await self._look()

    async def _pause(self) -> None:
        home = self.assistant.wiring.home
        paused = self._seen is not None and self._seen.daemon.paused
        act = daemon_orders.resume if paused else daemon_orders.pause
        if await self.clerk(lambda store: (act(home),)):
            self.say(training_words.RESUMED if paused else training_words.PAUSED)
            await self._look()

    # What there is to see -------------------------------------------------------------------

    def look_around(self) -> None:
        super().look_around()
        if self.is_mounted and self.situation:
            self.query_one(MeasurementsPane).show(self.situation)
            self.beside(self._look, "look")

    def _look_now_and_then(self) -> None:
        if self.app.screen is self:
            self.beside(self._glance, "look")

    async def _glance(self) -> None:
        self._looks += 1
        wiring, before = self.assistant.wiring, self._run.pid
        run = await self.clerk(lambda store: under_way(wiring, store))
        if run is None:
            return
        self._run = run
        if self._looks % LOOKS_AT_ALL == 0 or run.pid != before:
            await self._look()
        else:
            self._show()
        if before is not None and run.pid is None and not self._work:
            self.assistant.session.look()  # another process has trained

    async def _look(self) -> None:
        wiring = self.assistant.wiring
        found = await self.clerk(lambda s: (under_way(wiring, s), training_seen(wiring, s)))
        if found:
            self._run, self._seen = found
            self._show()
        self.refresh_bindings()

    def _show(self) -> None:
        seen, run = self._seen, self._run
        if seen is None or not self.is_mounted:
            return
        own = self._work is not None
        self.query_one("#standing", Static).update(training_words.standing(seen, run, own))
        live = run.progress.curve if run.progress else ()
        aside = run.progress.aside if run.progress else ()
        curve, aside = (live, aside) if live or aside else (seen.curve, seen.aside)
        self.query_one(LossChart).display = bool(curve or aside)
        self.query_one(LossChart).show(curve, aside)
        self.query_one("#no-loss", Static).update(training_words.learning(curve or aside))
        measured = [card for card, _ in seen.cards if card.measurements.get("bits_per_byte")]
        self.query_one("#adapters", Static).update(training_words.history(seen.cards))
        self.query_one(HistoryChart).display = len(measured) > 1
        self.query_one(HistoryChart).show(measured[-training_words.MOST_ADAPTERS :])
        self.query_one("#kept", Static).update(training_words.kept(seen))
