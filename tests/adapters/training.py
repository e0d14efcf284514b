"""Training runs for tests: on the tiny base, in a few steps, served in this process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from microtune.contracts import Progress, Score, Turn
from microtune.locations import Home
from microtune.store import Store
from microtune_adapters.engine.llama import LlamaEngine
from microtune_adapters.gguf_inspect import inspect_base
from microtune_adapters.library import Library
from microtune_adapters.lineage_choice import Wish
from microtune_adapters.run_values import Listener, Outcome
from microtune_adapters.training_run import TrainingRun

MINUTES, STEPS = 1.0, 10  # the minutes that are asked for, and the steps that they hold
PACE = MINUTES * 60 * 0.89 / STEPS  # seconds a step: a tenth of the time is for looking at texts


class Overheard(LlamaEngine):
    """The real engine, which notes what it is given to score."""

    def __init__(self, base: Path, heard: list[str]) -> None:
        super().__init__(base, 512, 1)
        self._heard = heard

    def score(self, turns: Sequence[Turn], text: str) -> Score:
        self._heard.append("\n".join(turn.content for turn in turns))
        return super().score(turns, text)


@dataclass
class Training:
    """`run` trains in a home; `steps` and `scored` say how far it came."""

    home: Home
    base: Path
    steps: list[Progress] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)

    @property
    def library(self) -> Library:
        return Library(self.home.adapters)

    def run(
        self,
        store: Store,
        stop: Callable[[], bool] = lambda: False,
        minutes: float = MINUTES,
        progress: Callable[[Progress], None] = lambda p: None,
        anew: bool = False,
    ) -> Outcome:
        def told(p: Progress) -> None:
            self.steps.append(p)
            progress(p)

        listener = Listener(progress=told, stop=stop)
        base = inspect_base(self.base)
        engine = lambda: Overheard(self.base, self.prompts)  # noqa: E731
        return TrainingRun(store, self.library, base, engine, listener).run(
            Wish(minutes, anew=anew, edits=True)
        )


def folders(home: Home) -> list[str]:
    """The runs that left something on disk."""
    return sorted(path.name for path in home.runs.iterdir() if path.is_dir())


def events(store: Store) -> list[str]:
    return [line.event for line in store.ledger.lines()]
