"""Timed drafts and swaps of one engine, as its caller sees them. Knows no kind of engine."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from microtune.contracts import Engine, Generated, Sampling, Turn
from microtune_adapters.prompts import Brief, reply_turns, write_turns

PROMPTS: tuple[tuple[Turn, ...], ...] = tuple(
    tuple(turns)
    for turns in (
        write_turns(Brief("the meeting on Thursday, the draft, two questions", "Ana", "Thursday")),
        write_turns(Brief("a walk along the river, rain, the old bridge", words=180)),
        reply_turns("Could you send me the figures by Friday? I'd like to add them.", Brief()),
    )
)


@dataclass(frozen=True, slots=True)
class Draft:
    """`waited_ms` is what the caller waited for the first piece; `speed` is tokens a second after
    the first, as the engine says."""

    waited_ms: float
    speed: float
    prompt_tokens: int


def take_draft(
    engine: Engine, adapter: Path | None, turns: Sequence[Turn], sampling: Sampling
) -> Draft:
    """Swap to the adapter, then time one draft to its end."""
    engine.use(adapter)
    return timed_draft(engine, turns, sampling)


def timed_draft(engine: Engine, turns: Sequence[Turn], sampling: Sampling) -> Draft:
    """One draft with whatever is set; an engine that is not running yet is started on the way."""
    finished: list[Generated] = []
    start = time.perf_counter()
    first = 0.0
    for _ in engine.stream(turns, sampling, finished.append):
        first = first or time.perf_counter()
    waited = (first or time.perf_counter()) - start
    return Draft(waited * 1e3, finished[0].tokens_per_s, finished[0].prompt_tokens)


def medians(base: Sequence[Draft], adapter: Sequence[Draft]) -> dict[str, float]:
    """Medians of each side, and of the ratio of speeds within each pair.

    A pair counts for the ratio if both of its drafts came to a second token; leaves with a line
    if none did.
    """
    ratios = [b.speed / a.speed for a, b in zip(base, adapter, strict=True) if a.speed and b.speed]
    if not ratios:
        sys.exit("every draft ended at once. Try more --rounds, or another base.")
    return {
        "drafts": len(base),
        "prompt_tokens": median(draft.prompt_tokens for draft in base),
        "base_tokens_per_s": median(draft.speed for draft in base),
        "adapter_tokens_per_s": median(draft.speed for draft in adapter),
        "ratio": median(ratios),
        "base_first_token_ms": median(draft.waited_ms for draft in base),
        "adapter_first_token_ms": median(draft.waited_ms for draft in adapter),
    }


def swaps(engine: Engine, adapter: Path, count: int) -> dict[str, float]:
    """How long the caller waits for a swap from the bare base to the adapter."""
    times = []
    for _ in range(count):
        engine.use(None)
        start = time.perf_counter()
        engine.use(adapter)
        times.append((time.perf_counter() - start) * 1e3)
    return {"swaps": count, "swap_ms": median(times), "longest_swap_ms": max(times)}
