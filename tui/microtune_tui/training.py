"""A training run as a command sees it: with a bar on the terminal, and stopped by signals.

Knows nothing of how an adapter is trained.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from microtune.contracts import Progress
from microtune.errors import Interrupted
from microtune.store import Store
from microtune_tui.output import Output, minutes
from microtune_tui.progress import Bar
from microtune_tui.signals import stop_on_signals
from microtune_tui.wiring import Wiring

if TYPE_CHECKING:
    from microtune_adapters.lineage_choice import Wish
    from microtune_adapters.run_values import Listener, Outcome


def train(wiring: Wiring, store: Store, output: Output, wish: "Wish") -> "Outcome":
    """Resume or begin a run as wished and see it to its end.

    Raises `Interrupted` on Ctrl-C or SIGTERM, `NothingNew` or `NoGain` if the active adapter
    stays as it is, and `MicrotuneError` if another process trains in the same home or there is
    too little text.
    """
    from microtune_adapters.training_run import TrainingRun

    base = wiring.base()
    with output.progress("Training") as bar, stop_on_signals() as stop:
        listener = _listener(bar, stop)
        run = TrainingRun(store, wiring.library, base, lambda: wiring.engine(base), listener)
        return run.run(wish)


def _listener(bar: Bar, stop: Callable[[], bool]) -> "Listener":
    """Shows what the run tells, and stops it between stages; within them it asks `stop` itself."""
    from microtune_adapters.run_values import Listener

    def stage(words: str) -> None:
        if stop():
            raise Interrupted(
                "stopped; what was trained so far is kept",
                "Run the same command again to go on from there.",
            )
        bar.retitle(words.capitalize())

    def progress(p: Progress) -> None:
        left = f"loss {p.loss:.2f}, {minutes(p.seconds_left)} left"
        bar.update(p.step, p.steps, f"{left} ({p.note})" if p.note else left)

    return Listener(stage, progress, bar.update, stop)
