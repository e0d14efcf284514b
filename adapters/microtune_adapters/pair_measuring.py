"""How often an adapter finds the better text of a held-out pair the likelier one, by the token.

Scored by the engine that serves it. Before and after: with what a run started from (the adapter
that it went on from, else the bare base), and with what came of it.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from microtune.contracts import Engine, Turn
from microtune.pairs import Pair
from microtune.store import Store
from microtune.words import Document
from microtune_adapters.preferences import passages_of, prompt_of

MOST = 100  # pairs, the newest: enough for an interval of ten points either way
_Z = 1.96

Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """A pair with its prompt."""

    turns: Sequence[Turn]
    chosen: str
    rejected: str


@dataclass(frozen=True, slots=True)
class Share:
    """Of all pairs, the share in which the better text was likelier; its 95 % interval (Wilson)."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PairMeasurement:
    """Of `heldout` pairs; `trained` were learned from."""

    trained: int
    heldout: int
    before: Share
    after: Share

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def asked_pairs(store: Store, pairs: Iterable[Pair], among: Iterable[Document]) -> list[Asked]:
    """The newest of these pairs as they were asked, with passages of these documents alone."""
    allowed = {document.id for document in among}
    made = ((prompt_of(pair, passages_of(store, pair, allowed)), pair) for pair in pairs)
    return [Asked(turns, pair.chosen, pair.rejected) for turns, pair in made if turns][-MOST:]


def measure_pairs(
    engine: Engine,
    asked: Sequence[Asked],
    before: Path | None,
    after: Path | None,
    trained: int,
    report: Report = lambda done, total: None,
) -> PairMeasurement | None:
    """Both shares; None where nothing is held out."""
    if not asked:
        return None
    shares = []
    for round, adapter in enumerate((before, after)):
        engine.use(adapter)
        leads = []
        for number, pair in enumerate(asked, start=round * len(asked) + 1):
            leads.append(lead_of(engine, pair))
            report(number, 2 * len(asked))
        shares.append(share_of(leads))
    engine.use(None)
    return PairMeasurement(trained, len(asked), *shares)


def lead_of(engine: Engine, pair: Asked) -> float:
    """How much likelier the better text is, in nats by the token."""
    better, worse = (engine.score(pair.turns, text) for text in (pair.chosen, pair.rejected))
    return worse.nats / max(1, worse.tokens) - better.nats / max(1, better.tokens)


def share_of(leads: Sequence[float]) -> Share:
    """Of so many leads, those above zero (Wilson, 1927)."""
    n, share = len(leads), sum(lead > 0 for lead in leads) / len(leads)
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return Share(share, max(0.0, middle - half), min(1.0, middle + half))
