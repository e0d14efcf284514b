"""What a training run tells, what came of it, and what it has begun with, as values."""

from collections.abc import Callable
from dataclasses import dataclass

from microtune.contracts import Progress, Trained
from microtune.runs import Run
from microtune_adapters.evaluation import Measurement
from microtune_adapters.fidelity import Fidelity
from microtune_adapters.gate import Verdict
from microtune_adapters.general_cost import GeneralCost
from microtune_adapters.lineage import Lineage
from microtune_adapters.lineage_choice import Intent
from microtune_adapters.lora_weights import LoraWeights
from microtune_adapters.pair_measuring import PairMeasurement


@dataclass(frozen=True, slots=True)
class Listener:
    """What a run tells while it goes on. `stage` gets a few words, `stop` is asked every step."""

    stage: Callable[[str], None] = lambda words: None
    progress: Callable[[Progress], None] = lambda progress: None
    scored: Callable[[int, int], None] = lambda done, total: None
    stop: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run."""

    run: str
    adapter: str
    verdict: Verdict
    measurement: Measurement
    fidelity: Fidelity
    trained: Trained
    lineage: Lineage
    general: GeneralCost
    pairs: PairMeasurement | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that is recorded, and what it trains on and how."""

    run: Run
    intent: Intent
    start: LoraWeights | None  # of the adapter that it goes on from
