"""What an adapter does to text that is not the person's.

Bits per byte of answers to general requests (see `microtune_adapters.general_texts`), with the base
and with the adapter on it, by the engine that serves it. A person's words can teach something of
those texts too, and hide what was unlearned; so how far the adapter has moved what the base expects
there, whatever comes next, counts beside it. That is what the adapter would cost text of the base's
own.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from microtune.contracts import Engine, Score, Trained
from microtune_adapters.evaluation import score_examples
from microtune_adapters.examples import Example
from microtune_adapters.general_texts import general_examples


@dataclass(frozen=True, slots=True)
class GeneralCost:
    """Bits per byte with the base and with the adapter; `by_kind` holds the share that the adapter
    costs of each kind of text ("list" are answers in a format that was asked for). `divergence`:
    of the adapter's expectations from the base's (Kullback-Leibler), as a share of the base's bits
    of the same texts; by the trainer."""

    base: float
    adapter: float
    by_kind: Mapping[str, float]
    divergence: float

    @property
    def share(self) -> float:
        """How many more bits it costs, as a share of the base's; negative where it is fewer."""
        return self.adapter / self.base - 1

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "share": self.share}


def general_cost(
    engine: Engine, trained: Trained, report: Callable[[int, int], None]
) -> GeneralCost:
    """Ask the engine, which serves the bare base afterwards."""
    texts: dict[str, list[Example]] = {}
    for one in general_examples("measure"):
        texts.setdefault(one.kind, []).append(one)
    sides: list[dict[str, Score]] = []
    for folder in (None, trained.folder):
        engine.use(folder)
        sides.append({})
        for kind, examples in texts.items():
            sides[-1][kind] = score_examples(engine, examples)
            report(sum(map(len, sides)), 2 * len(texts))
    engine.use(None)
    bits = [{kind: score.bits_per_byte for kind, score in side.items()} for side in sides]
    base, adapted = (sum(side.values(), Score(0.0, 0, 0)).bits_per_byte for side in sides)
    by_kind = {kind: bits[1][kind] / bits[0][kind] - 1 for kind in texts}
    return GeneralCost(base, adapted, by_kind, trained.divergence)
