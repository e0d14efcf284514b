"""One fault from beginning to verdict: a fresh home, the fault, what it left, the same again."""

import random
import signal
import time
from dataclasses import dataclass
from typing import Any

from fault_children import Command, Ended
from fault_kinds import OrphanLeft, kinds_for
from fault_scenes import Scene, Scenes, exported
from fault_state import Curve, State, largest_difference, state_of, unfinished_run

SAME = 1e-6  # of weights and losses
SAME_NATS = 1e-3
TRAINING = ("train", "train on", "promote")


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to which job. `moment` is the share of the job's time that passes before it,
    `chance` how much room a limit leaves."""

    number: int
    seed: int
    job: str
    kind: str
    moment: float
    chance: float


def drawn(seed: int, number: int, can_fill: bool) -> Fault:
    """The fault of that number; the same seed gives the same campaign."""
    chance = random.Random(f"{seed} {number}")
    job = chance.choice(["collect", "collect", "train", "train", "train on", "promote", "use"])
    kind = chance.choice(kinds_for(job, can_fill))
    return Fault(number, seed, job, kind, chance.random(), chance.random())


class Trial:
    """One fault in one scene."""

    def __init__(self, scenes: Scenes, scene: Scene, fault: Fault) -> None:
        self.scenes, self.scene, self.fault = scenes, scene, fault
        self.home, self.said = scenes.place.home, scenes.work
        self.problems: list[str] = []

    def verdict(self) -> dict[str, Any]:
        """What the row of this fault says besides the fault itself."""
        self.scenes.set_up(self.scene.template)
        ended, landed, seconds = self._disturbed()
        step = self._step()
        resumable = unfinished_run(self.home)
        self._check_message(ended)
        self._check_left(state_of(self.home, self.said, self.scenes.engine))
        self._run_again(resumable)
        return {
            "landed": landed,
            "seconds": round(seconds, 3),
            "code": ended.code,
            "said": ended.error.strip().replace(str(self.said), "…")[:200],
            "step": step,
            "problems": self.problems,
        }

    def _disturbed(self) -> tuple[Ended, bool, float]:
        """The command with the fault at its moment; whether it came before the command's end."""
        command = Command(self.home, self.said, *self.scene.arguments)
        command.await_begin()
        began = time.monotonic()
        self._await_moment(command)
        landed, seconds, undo = command.running, time.monotonic() - began, None
        try:
            if landed:
                place, fault = self.scenes.place, self.fault
                undo = place.begin(fault.kind, command, fault.chance)
        except OrphanLeft as error:
            self.problems.append(str(error))
        ended = command.end()
        if undo:
            undo()
        if self.fault.kind == "kill":
            landed = ended.code == -signal.SIGKILL  # else it ended just before
        return ended, landed, seconds

    def _await_moment(self, command: Command) -> None:
        wait = self.scene.seconds * self.fault.moment
        if self.fault.job == "promote":
            while command.running and not exported(self.home):
                time.sleep(0.002)
            wait = self.scene.tail * self.fault.moment
        time.sleep(wait)

    def _step(self) -> int:
        """The step of the checkpoint that the fault left; 0 without one."""
        curve = Curve(self.home, self.scenes.place.disk / "left.pt")
        curve.kept.unlink(missing_ok=True)
        curve.watch()
        left = curve.read()
        curve.kept.unlink(missing_ok=True)
        if left and not _same(left["losses"], self.scene.curve["losses"][: left["step"]]):
            self.problems.append(f"the losses of the checkpoint at step {left['step']} differ")
        return int(left.get("step", 0))

    # Afterwards -----------------------------------------------------------------------------

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
        if lost := self.scene.before.ids - left.ids:
            self.problems.append(f"right after: {len(lost)} documents are lost")
        if left.ids - self.scene.after.ids:
            self.problems.append("right after: documents that an undisturbed run has not")
        if left.active not in (self.scene.before.active, self.scene.after.active):
            self.problems.append(f"right after: {left.active or 'none'} is the active adapter")
        self.left = left

    def _run_again(self, resumable: str) -> None:
        place = self.scenes.place
        curve = Curve(self.home, place.disk / "curve.pt")
        ended = Command(self.home, self.said, *self.scene.arguments).end(curve.watch)
        if ended.code:
            self.problems.append(f"again: code {ended.code}, {ended.error.strip()[:300]}")
        again = state_of(self.home, self.said, self.scenes.engine)
        self.problems += [f"again: {line}" for line in again.problems]
        self._compare(again)
        if self.fault.job in TRAINING:
            self._check_training(curve.read(), ended, resumable)

    def _compare(self, again: State) -> None:
        """Documents, active adapter and what it computes are those of an undisturbed run."""
        after = self.scene.after
        if self.left.ids - again.ids:
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
