#!/usr/bin/env python3
"""Two training steps on one base, for the benchmark of memory.

    memory_trial.py BASE.gguf lean|plain

The recipe is the product's; the rows are filled with random tokens, two examples each. Prints one
JSON object; peak memory is measured from outside.
"""

import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from microtune_adapters.gguf_inspect import inspect_base
from microtune_adapters.recipes import choose_recipe
from microtune_adapters.rows import Encoded, packed
from microtune_adapters.torch_base import load_torch_base
from microtune_adapters.torch_trainer import TorchTrainer
from microtune_adapters.training_memory import expected_memory_mb

STEPS = 2


def main() -> None:
    base = inspect_base(Path(sys.argv[1]))
    recipe = choose_recipe(
        words=20_000,
        parameters=base.parameters,
        context=base.context_length,
        minutes=1,
    )
    recipe = replace(recipe, recompute=sys.argv[2] == "lean")
    random = np.random.default_rng(0)
    draw = lambda: tuple(map(int, random.integers(300, 8_000, recipe.row // 2)))  # noqa: E731
    rows = packed([Encoded(draw(), recipe.row // 5) for _ in range(4 * recipe.batch)], recipe.row)
    began = time.process_time()
    loaded = load_torch_base(base.path)
    loading = time.process_time() - began
    with tempfile.TemporaryDirectory(prefix="microtune-bench-") as folder:
        trainer = TorchTrainer(loaded.model, recipe, Path(folder))
        began = time.process_time()
        for step in range(STEPS):
            trainer.learn(rows.take(slice(0, recipe.batch)), step, STEPS, 1e-4)
        each = (time.process_time() - began) / STEPS
    result = {
        "parameters": base.parameters,
        "expected_mb": expected_memory_mb(base, recipe),
        "loading_cpu_s": round(loading, 1),
        "step_cpu_s": round(each, 2),
        "step_tokens": recipe.batch * recipe.row,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
