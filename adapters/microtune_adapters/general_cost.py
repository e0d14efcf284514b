"""What an adapter costs text that is not the person's, by the engine that serves it.

Bits per byte of answers to general requests, which no run has seen (see
`microtune_adapters.general_texts`), with the base and with the adapter on it.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from microtune.contracts import Engine, Score
from microtune_adapters.evaluation import score_examples
from microtune_adapters.general_texts import general_examples


@dataclass(frozen=True, slots=True)
class GeneralCost:
    """Bits per byte with the base and with the adapter; `by_kind` holds the share that the adapter
    costs of each kind of text ("list" are answers in a format that was asked for)."""

    base: float
    adapter: float
    by_kind: Mapping[str, float]

    @property
    def share(self) -> float:
        """How many more bits it costs, as a share of the base's; negative where it is fewer."""
        return self.adapter / self.base - 1

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "share": self.share}


def general_cost(engine: Engine, adapter: Path, report: Callable[[int, int], None]) -> GeneralCost:
    """Ask the engine, which serves the bare base afterwards."""
    examples = general_examples("measure")
    scores: list[list[Score]] = []
    for folder in (None, adapter):
        engine.use(folder)
        scores.append([])
        for one in examples:
            scores[-1].append(score_examples(engine, [one]))
            report(sum(map(len, scores)), 2 * len(examples))
    engine.use(None)
    base, adapted = scores
    kinds = [one.kind for one in examples]
    return GeneralCost(
        base=_bits(base),
        adapter=_bits(adapted),
        by_kind={
            kind: _bits(_of(kind, kinds, adapted)) / _bits(_of(kind, kinds, base)) - 1
            for kind in dict.fromkeys(kinds)
        },
    )


def _of(kind: str, kinds: list[str], scores: list[Score]) -> list[Score]:
    return [score for score, its in zip(scores, kinds, strict=True) if its == kind]


def _bits(scores: list[Score]) -> float:
    return sum(s.nats for s in scores) / math.log(2) / sum(s.bytes for s in scores)
