"""One fault from beginning to verdict: a fresh home, the fault, what it left, the same again."""

import signal
import time
from dataclasses import dataclass
from typing import Any

from fault_children import Command, Ended
from fault_draws import Fault
from fault_kinds import TRAINING, OrphanLeft
from fault_moments import POLL_S
from fault_scenes import Scene, Scenes, exported
from fault_state import BEFORE, Curve, State, largest_difference, state_of, unfinished_run

SAME = 1e-6  # of weights and losses
SAME_NATS = 1e-3
TRIES = 10  # of one fault, until it lands
EARLIER = 0.7  # the next try's moment, of the one that came too late


@dataclass(frozen=True, slots=True)
class Disturbed:
    """How a command ended that was to be disturbed. `landed`: the fault came before its end, when
    `share` of its work was done."""

    ended: Ended
    landed: bool
    share: float


class Trial:
    """One fault in one scene."""

    def __init__(self, scenes: Scenes, scene: Scene, fault: Fault) -> None:
        self.scenes, self.scene, self.fault = scenes, scene, fault
        self.home, self.said = scenes.place.home, scenes.work
        self.problems: list[str] = []

    def verdict(self) -> dict[str, Any]:
        """What the row of this fault says besides the fault itself."""
        disturbed, tries = self._until_landed()
        ended = disturbed.ended
        left = state_of(self.home, self.said, self.scenes.engine)
        step = self._step()
        resumable = unfinished_run(self.home)
        self._check_message(ended)
        self._check_left(left)
        if resumable and not step and self.scene.saved:
            self._check_given_up()
        if self.fault.job == "forget" and not ended.code:
            self._check_told("right after", left)
        self._run_again(resumable, step)
        return {
            "landed": disturbed.landed,
            "tries": tries,
            "share": round(disturbed.share, 3),
            "code": ended.code,
            "said": ended.error.strip().replace(str(self.said), "…")[:200],
            "step": step,
            "progress": self._progress(left, step),
            "problems": [line.replace(str(self.said), "…") for line in self.problems],
        }

    def _progress(self, left: State, step: int) -> float | None:
        """What share of the new documents or of the steps a killed command had saved."""
        if self.fault.kind != "kill" or self.fault.job not in ("collect", "train", "train on"):
            return None
        if self.fault.job == "collect":
            done, all_ = (len(s.ids - self.scene.before.ids) for s in (left, self.scene.after))
        else:
            done, all_ = step, self.scene.curve["step"]
        return round(done / all_, 3)

    def _until_landed(self) -> tuple[Disturbed, int]:
        """Try the fault at its moment, and at an earlier one as long as it comes too late."""
        moment, tries = self.fault.moment, 0
        while True:
            self.scenes.set_up(self.scene.template)
            disturbed, tries = self._disturbed(moment), tries + 1
            if disturbed.landed or tries == TRIES:
                return disturbed, tries
            moment *= EARLIER

    def _disturbed(self, moment: float) -> Disturbed:
        """The command with the fault at that moment."""
        curve = Curve(self.home, self.scenes.place.disk / "curve.pt")
        curve.clear()
        curve.watch()
        command = Command(self.home, self.said, *self.scene.arguments)
        share = self._await_moment(command, moment)
        landed, undo = command.running, None
        try:
            if landed:
                place, fault = self.scenes.place, self.fault
                undo = place.begin(fault.kind, command, fault.chance)
        except OrphanLeft as error:
            self.problems.append(str(error))
        ended = command.end(curve.watch)
        if undo:
            undo()
        if self.fault.kind != "run folder removed" and 0 < curve.second_step() < self.scene.saved:
            self.problems.append(f"trained anew although step {self.scene.saved} was saved")
        if self.fault.kind == "kill":
            landed = ended.code == -signal.SIGKILL  # else it ended just before
        return Disturbed(ended, landed, share)

    def _await_moment(self, command: Command, moment: float) -> float:
        """Until the command has done that much; what share it has really done."""
        late = self.fault.job == "promote"
        command.await_begin()
        while late and command.running and not exported(self.home):
            time.sleep(2 * POLL_S)
        course, used = self.scene.course, command.used
        began = used.now()
        while command.running and (left := course.of(late) * moment - used.now() + began) > 0:
            time.sleep(max(POLL_S / 4, left / 3))  # two processes at work use two seconds a second
        done = used.now() - began
        if not command.running:
            course.missed(late, done)
        return done / course.of(late)

    def _step(self) -> int:
        """The step of the checkpoint that the fault left; 0 without one."""
        curve = Curve(self.home, self.scenes.place.disk / "left.pt")
        curve.clear()
        curve.watch()
        left = curve.read()
        curve.clear()
        if left and not _same(left["losses"], self.scene.curve["losses"][: left["step"]]):
            self.problems.append(f"the losses of the checkpoint at step {left['step']} differ")
        return int(left.get("step", 0))

    # Afterwards -----------------------------------------------------------------------------

    def _check_given_up(self) -> None:
        """A run that had a checkpoint has none; where one is the second, a kill came between."""
        if self.fault.kind != "run folder removed" and not any(self.home.glob(f"runs/*/{BEFORE}")):
            self.problems.append("right after: the checkpoints are gone")

    def _check_message(self, ended: Ended) -> None:
        """A command that was not killed says in one line why it could not."""
        if self.fault.kind == "kill":
            return
        if ended.code not in (0, 1, 75):
            self.problems.append(f"the disturbed command ended with code {ended.code}")
        lines = ended.error.strip().splitlines()
        if ended.code and (len(lines) != 1 or "unexpected" in ended.error):
            self.problems.append(f"no plain line: {ended.error.strip()[:300]}")

    def _check_left(self, left: State) -> None:
        self.problems += [f"right after: {line}" for line in left.problems]
        before, after = self.scene.before, self.scene.after
        if lost := (before.ids & after.ids) - left.ids:
            self.problems.append(f"right after: {len(lost)} documents are lost")
        if left.ids - (before.ids | after.ids):
            self.problems.append("right after: documents that an undisturbed run has not")
        if left.active not in (before.active, after.active):
            self.problems.append(f"right after: {left.active or 'none'} is the active adapter")
        self.left = left

    def _run_again(self, resumable: str, step: int) -> None:
        place = self.scenes.place
        curve = Curve(self.home, place.disk / "curve.pt")
        curve.clear()
        ended = Command(self.home, self.said, *self.scene.arguments).end(curve.watch)
        if ended.code and not self._all_forgotten(ended):
            self.problems.append(f"again: code {ended.code}, {ended.error.strip()[:300]}")
        again = state_of(self.home, self.said, self.scenes.engine)
        self.problems += [f"again: {line}" for line in again.problems]
        self._compare(again)
        if self.fault.job in TRAINING:
            self._check_training(curve.read(), ended, resumable)
            if 0 < curve.second_step() < step:
                self.problems.append(f"again: trained anew although step {step} was saved")
        if self.fault.job == "forget":
            self._check_told("again", again)

    def _all_forgotten(self, ended: Ended) -> bool:
        """Whether the first `forget` had done all, so that the second finds nothing to do."""
        return self.left.told == () != self.scene.before.told and "nothing that" in ended.error

    def _check_told(self, when: str, state: State) -> None:
        """Not a byte of what was forgotten is left, and nothing that learned from it serves."""
        if state.told:
            self.problems.append(f"{when}: forgotten, but still in {', '.join(state.told)}")
        if state.adapters != self.scene.after.adapters:
            self.problems.append(f"{when}: the adapters are {sorted(state.adapters)}")
        if any(self.home.glob("runs/*/")):
            self.problems.append(f"{when}: the folder of a run was left")

    def _compare(self, again: State) -> None:
        """Documents, active adapter and what it computes are those of an undisturbed run."""
        after = self.scene.after
        if (self.left.ids & after.ids) - again.ids:
            self.problems.append("again: documents are lost")
        if again.documents != after.documents:
            count = len(again.documents ^ after.documents)
            self.problems.append(f"again: {count} document rows differ from an undisturbed run's")
        if again.weights and after.weights:
            difference = largest_difference(again.weights, after.weights)
            if difference > SAME:
                self.problems.append(f"again: weights differ by {difference:.2g}")
            elif abs(again.score - after.score) > SAME_NATS:
                self.problems.append("again: the active adapter scores otherwise")
        elif (again.weights is None) != (after.weights is None):
            self.problems.append("again: not the active adapter of an undisturbed run")

    def _check_training(self, curve: dict[str, Any], ended: Ended, resumable: str) -> None:
        """The run went on, its curve is the undisturbed one, and its texts are cleared away."""
        if resumable and ended.facts.get("run") != resumable:
            self.problems.append("again: the run was not resumed")
        if curve:
            expected = self.scene.curve
            for name in ("step", "tokens"):
                if curve[name] != expected[name]:
                    self.problems.append(f"again: {name} {curve[name]}, not {expected[name]}")
            if not _same(curve["losses"], expected["losses"]):
                self.problems.append("again: the loss curve is another")
        if any(self.home.glob("runs/*/")):
            self.problems.append("again: the folder of a run was left")


def _same(one: list[float], other: list[float]) -> bool:
    pairs = zip(one, other, strict=False)
    return len(one) == len(other) and all(abs(a - b) <= SAME for a, b in pairs)
