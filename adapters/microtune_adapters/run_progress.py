"""How a run stands, in a file of its folder, for those who look at it from another process.

Figures and the name of a stage; never a text. It goes with the folder when the run ends, and the
curve then stands in the run's record. Knows nothing of who looks.
"""

import contextlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from microtune.contracts import Progress

if TYPE_CHECKING:
    from microtune_adapters.run_values import Listener

FILE = "progress.json"
WRITTEN_EVERY_S = 1.0
MOST_POINTS = 200  # of a curve that is kept; more cannot be told apart on a screen

Curve = tuple[tuple[int, float], ...]  # step, loss


@dataclass(frozen=True, slots=True)
class RunProgress:
    """`curve` is the loss on texts learned from, a mean of the last steps; `aside` that on texts
    that steer the run. `done` of `total` are steps, or measurements once the steps are over."""

    stage: str
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    curve: Curve = ()
    aside: Curve = ()

    @classmethod
    def load(cls, folder: Path) -> "RunProgress | None":
        """As the run last wrote it; None where nothing can be read."""
        try:
            found: dict[str, Any] = json.loads((folder / FILE).read_text("utf-8"))
            found |= {name: curve_of(found[name]) for name in ("curve", "aside")}
            return cls(**found)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None


def curve_of(points: object) -> Curve:
    """A curve as JSON holds it. Raises `TypeError` or `ValueError` for what is none."""
    if not isinstance(points, list | tuple):
        raise TypeError("a curve is a list")
    return tuple((int(step), float(loss)) for step, loss in points)


def thinned(points: Sequence[tuple[int, float]], most: int = MOST_POINTS) -> Curve:
    """At most `most` of the points, evenly spread, the first and the last among them."""
    if len(points) <= most:
        return tuple(points)
    return tuple(points[i * (len(points) - 1) // (most - 1)] for i in range(most))


class ProgressLog:
    """Writes how a run stands while it tells a listener. One that was interrupted goes on."""

    def __init__(self, folder: Path, listener: "Listener") -> None:
        self._folder, self._listener = folder, listener
        self._now = RunProgress.load(folder) or RunProgress("starting")
        self._curve = list(self._now.curve)
        self._written = 0.0

    def listener(self) -> "Listener":
        """Tells the run's own listener, and writes it down."""
        from microtune_adapters.run_values import Listener  # heavy, and no reader needs it

        return Listener(self._stage, self._progress, self._scored, self._listener.stop)

    def figures(self) -> dict[str, Curve]:
        """The curve for the run's record; nothing before the first step."""
        return {"curve": thinned(self._curve)} if self._curve else {}

    def _stage(self, words: str) -> None:
        self._now = replace(self._now, stage=words, done=0, total=0, seconds_left=None)
        self._write()
        self._listener.stage(words)

    def _progress(self, p: Progress) -> None:
        while self._curve and self._curve[-1][0] >= p.step:
            self._curve.pop()  # the run went back to its checkpoint
        self._curve.append((p.step, p.loss))
        self._now = replace(
            self._now, done=p.step, total=p.steps, seconds_left=p.seconds_left, aside=p.validation
        )
        self._write_if_due()
        self._listener.progress(p)

    def _scored(self, done: int, total: int) -> None:
        self._now = replace(self._now, done=done, total=total)
        self._write_if_due()
        self._listener.scored(done, total)

    def _write_if_due(self) -> None:
        if time.monotonic() - self._written >= WRITTEN_EVERY_S:
            self._write()

    def _write(self) -> None:
        """Whole or not at all; what cannot be written is no reason to end a run."""
        self._written = time.monotonic()
        now = replace(self._now, curve=thinned(self._curve))
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            beside = self._folder / f"{FILE}.new"
            beside.write_text(json.dumps(asdict(now)), "utf-8")
            beside.replace(self._folder / FILE)
