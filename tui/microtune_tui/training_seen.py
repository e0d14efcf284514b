"""What there is to see of training: the run under way or the last one, the daemon, the adapters.

Read from the store and from files that a run leaves, whichever process trains. Knows no screen.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from microtune.daemon.conditions import Check
from microtune.daemon.lock import holder
from microtune.runs import Run
from microtune.store import Store
from microtune_adapters.cards import Card
from microtune_adapters.library import State
from microtune_adapters.run_progress import Curve, RunProgress, curve_of
from microtune_tui import daemon_status
from microtune_tui.daemon_status import Seen
from microtune_tui.gathered import all_left_out, gathered
from microtune_tui.wiring import Wiring


@dataclass(frozen=True, slots=True)
class UnderWay:
    """The process that trains, None for none, and how its run stands."""

    pid: int | None = None
    progress: RunProgress | None = None


@dataclass(frozen=True, slots=True)
class TrainingSeen:
    """`run` is the newest; `curve` and `aside` are its own, or those of the newest that has any."""

    daemon: Seen
    checks: tuple[Check, ...]
    run: Run | None
    curve: Curve
    aside: Curve
    cards: tuple[tuple[Card, State], ...]
    documents: int
    words: int
    left_out: Mapping[str, int]


def under_way(wiring: Wiring, store: Store) -> UnderWay:
    """Cheap: a lock, a row and a small file."""
    pid, run = holder(wiring.home.runs / ".lock"), store.runs.unfinished()
    if pid is None or run is None:
        return UnderWay(pid)
    return UnderWay(pid, RunProgress.load(wiring.home.runs / run.id))


def training_seen(wiring: Wiring, store: Store) -> TrainingSeen:
    """All of it. Raises `MicrotuneError` for what cannot be read."""
    daemon = daemon_status.seen(wiring)
    runs = store.runs.all()
    curve, aside = _curves(wiring, runs)
    return TrainingSeen(
        daemon,
        daemon_status.checks_now(wiring, store, daemon),
        runs[0] if runs else None,
        curve,
        aside,
        wiring.library.list(),
        store.documents.count(),
        store.documents.words(),
        all_left_out(gathered(store)),
    )


def _curves(wiring: Wiring, runs: tuple[Run, ...]) -> tuple[Curve, Curve]:
    for run in runs:
        if not run.finished:
            progress = RunProgress.load(wiring.home.runs / run.id)
            curves = (progress.curve, progress.aside) if progress else ((), ())
        else:
            kept = run.measurements or {}
            curves = _read(kept.get("curve")), _read(kept.get("validation"))
        if any(curves):
            return curves
    return (), ()


def _read(points: object) -> Curve:
    try:
        return curve_of(points)
    except (TypeError, ValueError):
        return ()
