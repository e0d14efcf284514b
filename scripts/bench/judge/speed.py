"""Tokens a second in llama.cpp: reading a prompt, and going on from it one by one.

The bases take turns, so that what else the machine does befalls both; the ratio is the median over
the rounds.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from microtune.contracts import Sampling
from microtune_adapters.engine.native import BATCH, NativeModel

from .bits import opened

DECODED = 96  # tokens
ROUNDS = 10


def speeds(bases: Mapping[str, Path], text: str, threads: int, rounds: int) -> dict[str, Any]:
    """Medians of each base, and of the ratio first by new within a round."""
    load = psutil.getloadavg()[0]
    with ExitStack() as stack:
        models = {
            side: stack.enter_context(closing(opened(path, threads)))
            for side, path in bases.items()
        }
        prompts = {side: model.tokenise(text)[:BATCH] for side, model in models.items()}
        times: dict[str, list[tuple[float, float]]] = {side: [] for side in models}
        for number in range(rounds + 1):  # the first round warms up and is not counted
            for side in list(models)[:: 1 if number % 2 else -1]:
                timed = once(models[side], prompts[side], number)
                if number:
                    times[side].append(timed)
    found: dict[str, Any] = {"threads": threads, "rounds": rounds, "load": round(load, 2)}
    for place, name in enumerate(("read", "decoded")):
        of = {side: [timed[place] for timed in all_] for side, all_ in times.items()}
        found[name] = {side: median(values) for side, values in of.items()} | _ratio(of)
    return found


def once(model: NativeModel, prompt: Sequence[int], seed: int) -> tuple[float, float]:
    """Tokens a second while `prompt` is read, and while the next ones are drawn and read.

    An end token is read on like any other, so that each round has the same length.
    """
    model.forget()
    start = time.perf_counter()
    model.read(prompt, 0)
    read = time.perf_counter()
    sampler = model.sampler(Sampling(seed=seed))
    for position in range(len(prompt), len(prompt) + DECODED):
        model.read([sampler.draw()], position)
    end = time.perf_counter()
    sampler.close()
    return len(prompt) / (read - start), DECODED / (end - read)


def _ratio(of: Mapping[str, Sequence[float]]) -> dict[str, float]:
    if not {"first", "new"} <= of.keys():
        return {}
    return {"ratio": median(a / b for a, b in zip(of["first"], of["new"], strict=True))}
