"""The active adapter as a rival: a new adapter that is clearly worse does not replace it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from microtune.contracts import Engine
from microtune.store import Store
from microtune.words import Document
from microtune_adapters.bootstrap import Interval, paired_interval
from microtune_adapters.evaluation import DocumentScore, score_examples
from microtune_adapters.examples import Nearest, heldout_examples
from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.heldout import trained_on
from microtune_adapters.library import Library

FEWEST = 5  # documents that it must not have seen for a comparison to mean something


@dataclass(frozen=True, slots=True)
class Rival:
    """The adapter that serves now, and the ids of the documents that it was trained on."""

    id: str
    folder: Path
    seen: frozenset[str]


def rival_of(store: Store, library: Library, base: BaseFile) -> Rival | None:
    """The active adapter, if there is one for this base."""
    active = library.active()
    if active is None or active.base_sha256 != base.sha256:
        return None
    return Rival(active.id, library.path(active.id), frozenset(trained_on(store, active)))


def lead_over(
    rival: Rival,
    engine: Engine,
    documents: Sequence[Document],
    scores: Sequence[DocumentScore],
    nearest: Nearest,
) -> Interval | None:
    """Bits per byte that the new adapter saves against the rival, both with retrieval.

    `scores` are the new one's, for the same `documents`. None where the rival has seen too many
    of them to be compared.
    """
    pairs = [(d, s) for d, s in zip(documents, scores, strict=True) if d.id not in rival.seen]
    if len(pairs) < FEWEST:
        return None
    engine.use(rival.folder)
    differences = [
        score_examples(engine, heldout_examples(d, nearest)).nats - s.nats["adapter_rag"]
        for d, s in pairs
    ]
    engine.use(None)
    return paired_interval([d / math.log(2) for d in differences], [s.bytes for _, s in pairs])
