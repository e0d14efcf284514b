"""Held-out measurements: bits per byte of the person's own words under four conditions.

The texts were never trained on; retrieved passages come from training texts alone. Everything is
scored by the engine that will serve the adapter, not by the trainer.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from microtune.contracts import Engine, Score
from microtune.words import Document
from microtune_adapters.bootstrap import Interval, paired_interval
from microtune_adapters.examples import Example, Nearest, heldout_examples

CONDITIONS = ("base", "base_rag", "adapter", "adapter_rag")
MOST_DOCUMENTS = 100  # enough for an interval of about one per cent


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """Nats of one document's words under each condition, over the same `bytes`."""

    document: str
    kind: str
    bytes: int
    nats: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Measurement:
    """Bits per byte by condition, for all texts and by kind; `intervals` are 95 % intervals of
    the reduction against "base" and against "base_rag" that "adapter_rag" brings, in bits."""

    bits_per_byte: Mapping[str, float]
    by_kind: Mapping[str, Mapping[str, float]]
    intervals: Mapping[str, Interval]
    documents: int
    bytes: int

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def spread(documents: Sequence[Document], most: int = MOST_DOCUMENTS) -> list[Document]:
    """At most `most` of the documents, evenly spread over them."""
    if len(documents) <= most:
        return list(documents)
    return [documents[i * len(documents) // most] for i in range(most)]


def score_documents(
    engine: Engine,
    documents: Sequence[Document],
    nearest: Nearest,
    adapter: Path | None,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> list[DocumentScore]:
    """Score each document under all conditions (without `adapter`: the two of the base)."""
    plain = [heldout_examples(d, None) for d in documents]
    rag = [heldout_examples(d, nearest) for d in documents]
    nats: list[dict[str, float]] = [{} for _ in documents]
    sizes = [0] * len(documents)  # the same under each condition: they differ in prompts alone
    plans: list[tuple[str, Path | None, list[list[Example]]]]
    plans = [("base", None, plain), ("base_rag", None, rag)]
    if adapter is not None:
        plans += [("adapter", adapter, plain), ("adapter_rag", adapter, rag)]
    done = 0
    for condition, folder, examples in plans:
        engine.use(folder)
        for i, parts in enumerate(examples):
            score = score_examples(engine, parts)
            nats[i][condition], sizes[i] = score.nats, score.bytes
            done += 1
            report(done, len(documents) * len(plans))
    engine.use(None)
    return [
        DocumentScore(document.id, document.kind, size, scores)
        for document, size, scores in zip(documents, sizes, nats, strict=True)
    ]


def score_examples(engine: Engine, examples: Sequence[Example]) -> Score:
    """The likelihood of all answers together, by whatever adapter the engine serves with."""
    scores = (engine.score(example.turns, example.answer) for example in examples)
    return sum(scores, Score(0.0, 0, 0))


def summarise(scores: Sequence[DocumentScore], seed: int = 0) -> Measurement:
    """Totals, totals by kind, and paired bootstrap intervals over documents."""
    kinds = sorted({s.kind for s in scores})
    against = [c for c in ("base", "base_rag") if "adapter_rag" in scores[0].nats]
    return Measurement(
        bits_per_byte=_bits(scores),
        by_kind={kind: _bits([s for s in scores if s.kind == kind]) for kind in kinds},
        intervals={c: _interval(scores, c, "adapter_rag", seed) for c in against},
        documents=len(scores),
        bytes=sum(s.bytes for s in scores),
    )


def _bits(scores: Sequence[DocumentScore]) -> dict[str, float]:
    size = sum(s.bytes for s in scores)
    conditions = [c for c in CONDITIONS if c in scores[0].nats]
    return {c: sum(s.nats[c] for s in scores) / math.log(2) / size for c in conditions}


def _interval(scores: Sequence[DocumentScore], one: str, other: str, seed: int) -> Interval:
    return paired_interval(
        [(s.nats[one] - s.nats[other]) / math.log(2) for s in scores],
        [s.bytes for s in scores],
        seed=seed,
    )
