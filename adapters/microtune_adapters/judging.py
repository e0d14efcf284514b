"""From an exported adapter to a verdict: prove that it serves as trained, measure it, judge it.

Knows nothing of runs, the library or the ledger.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from microtune.contracts import Engine, Trained
from microtune.words import Document
from microtune_adapters.evaluation import Measurement, score_documents, spread, summarise
from microtune_adapters.examples import Nearest
from microtune_adapters.fidelity import Fidelity, Reference, compare
from microtune_adapters.gate import Verdict, defend, judge
from microtune_adapters.general_cost import GeneralCost, general_cost
from microtune_adapters.pair_measuring import PairMeasurement
from microtune_adapters.rival import Rival, lead_over


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found out about one trained adapter."""

    trained: Trained
    measurement: Measurement
    fidelity: Fidelity
    verdict: Verdict
    general: GeneralCost
    pairs: PairMeasurement | None = None  # of preference; they have no part in the verdict

    def figures(self) -> dict[str, Any]:
        """All of it in plain values, for the card and the run's record."""
        return {
            **self.measurement.to_dict(),
            "fidelity": self.fidelity.to_dict(),
            "general": self.general.to_dict(),
            "strength": self.trained.strength,
            "steps": self.trained.steps,
            "tokens": self.trained.tokens,
            "seconds": round(self.trained.seconds, 1),
            "validation": [list(v) for v in self.trained.validation],
            "note": self.trained.note,
            **({"pairs": self.pairs.to_dict()} if self.pairs else {}),
        }


def judge_trained(
    engine: Engine,
    trained: Trained,
    reference: Reference,
    heldout: Sequence[Document],
    nearest: Nearest,
    rival: Rival | None,
    report: Callable[[int, int], None],
) -> Judged:
    """Compare with the trainer's logits, score held-out and general texts, apply the gate."""
    fidelity = compare(engine, trained.folder, reference)
    documents = spread(heldout)
    scores = score_documents(engine, documents, nearest, trained.folder, report)
    measurement = summarise(scores)
    general = general_cost(engine, trained, report)
    verdict = judge(measurement, fidelity, general)
    if rival and verdict.promoted:
        lead = lead_over(rival, engine, documents, scores, nearest)
        verdict = defend(verdict, rival.id, lead)
    return Judged(trained, measurement, fidelity, verdict, general)
