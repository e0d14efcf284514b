#!/usr/bin/env python3
"""Where the time of a step of microtune's trainer goes, by torch's profiler.

    training_profile.py EXAMPLES.json

Prints one JSON object: seconds by part over the profiled steps, those of a step unprofiled, the
rate of matrix products within a step and of products alone, in GFLOP/s, and the seconds that a
step's products would take at the quickest of those.
"""

import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from statistics import fmean
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile
from training_given import given
from training_piece import BATCHES, rows_of, timed

from microtune_adapters.torch_base import load_torch_base
from microtune_adapters.torch_trainer import TorchTrainer

PRODUCTS, ATTENTION = "matrix products", "attention"
PARTS = {  # by what an operation's name holds
    **dict.fromkeys(("aten::mm", "aten::addmm", "aten::bmm"), PRODUCTS),
    **dict.fromkeys(("scaled_dot_product", "flash_attention"), ATTENTION),
    **dict.fromkeys(("exp", "softmax", "logsumexp", "scatter", "gather"), "the loss's softmax"),
    **dict.fromkeys(("copy_", "aten::cat", "index", "clone", "fill", "zero_"), "copies"),
    **dict.fromkeys(("Adam", "foreach", "_fused"), "the optimiser"),
    **dict.fromkeys(("aten::mul", "aten::add", "silu", "rsqrt", "pow", "mean", "aten::neg",
                     "aten::sum", "aten::div", "aten::sub"), "sums and products one by one"),
}  # fmt: skip
SHAPES = {"1024×256 by 256×1024": (1024, 256, 1024), "1024 cubed": (1024, 1024, 1024)}


def main() -> None:
    data = given(sys.argv[1])
    recipe = data.recipe
    batches = list(rows_of(data.examples, recipe))[:BATCHES]
    model = load_torch_base(data.base).model
    with tempfile.TemporaryDirectory(prefix="microtune-bench-") as folder:
        trainer = TorchTrainer(model, recipe, Path(folder))
        step_seconds = fmean(timed(trainer, batches)["steps"])
        with profile(activities=[ProfilerActivity.CPU], with_flops=True) as seen:
            for step, batch in enumerate(batches):
                trainer.learn(batch, step, len(batches), recipe.learning_rate)
    parts, flops = by_part(seen.key_averages())
    machine = {name: rate(*shape) for name, shape in SHAPES.items()}
    result = {
        "seconds": parts,
        "step": step_seconds,
        "gflops": flops / parts[PRODUCTS] / 1e9,
        "machine": machine,
        "least": flops / len(batches) / max(machine.values()) / 1e9,
    }
    print(json.dumps(result))


def by_part(events: Iterable[Any]) -> tuple[dict[str, float], float]:
    """Seconds by part, and the operations of matrix products among them."""
    seconds: dict[str, float] = defaultdict(float)
    flops = 0.0
    for event in events:
        part = next((part for name, part in PARTS.items() if name in event.key), "all else")
        seconds[part] += event.self_cpu_time_total / 1e6
        flops += event.flops if part == PRODUCTS else 0
    return dict(seconds), flops


def rate(rows: int, inner: int, columns: int) -> float:
    """GFLOP/s of a product alone, the best of many."""
    a, b = torch.randn(rows, inner), torch.randn(inner, columns)
    best = float("inf")
    for _ in range(60):
        began = time.perf_counter()
        _ = a @ b
        best = min(best, time.perf_counter() - began)
    return 2 * rows * inner * columns / best / 1e9


if __name__ == "__main__":
    main()
