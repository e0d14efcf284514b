#!/usr/bin/env python3
"""One run of microtune's trainer for the benchmark on a GPU.

    cuda_microtune.py TASK.json [--four-bit]

Prints one JSON object. Timed are the steps after the first three, on rows of their own.
"""

import json
import sys
import tempfile
from math import ceil
from pathlib import Path
from typing import Any

from cuda_base import random_base
from cuda_examples import WARM
from cuda_meter import Meter

from microtune.contracts import Progress
from microtune_adapters.packed_attention import offer_to_transformers
from microtune_adapters.recipes import Recipe
from microtune_adapters.rows import Encoded, Rows, packed
from microtune_adapters.torch_trainer import TorchTrainer


def main() -> None:
    task = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    recipe = Recipe.from_dict(task["recipe"])
    assert recipe is not None
    warm = rows_of(task["warm"], recipe).take(slice(0, WARM * recipe.batch))
    timed = rows_of(task["timed"], recipe)
    steps = WARM + ceil(len(timed) / recipe.batch)
    model, meter = base(task), Meter(task["device"])

    def report(progress: Progress) -> None:
        if progress.step == WARM:
            meter.start()
        elif progress.step == steps:
            meter.stop()

    with tempfile.TemporaryDirectory(prefix="microtune-bench-") as folder:
        trainer = TorchTrainer(model, recipe, Path(folder))
        meter.settle()
        trained = trainer.train(
            warm.joined(timed), timed.take(slice(0, 0)), steps, report, stop=lambda: False
        )
    counted = trained.losses[WARM:]
    result = {
        **meter.figures(),
        "steps": trained.steps - WARM,
        "tokens": timed.tokens,
        "answer_tokens": int((timed.targets >= 0).sum()),
        "loss": sum(counted) / len(counted),
    }
    print(json.dumps(result))


def rows_of(examples: list[Any], recipe: Recipe) -> Rows:
    return packed((Encoded(tuple(ids), prompt) for ids, prompt in examples), recipe.row)


def base(task: dict[str, Any]) -> Any:
    model = random_base(task["shape"], task["device"], offer_to_transformers())
    model = model.eval().requires_grad_(False)
    if task["device"] == "cpu":
        return model
    from microtune_adapters.torch_place import Place, put

    return put(model, Place(task["device"], "nf4" if "--four-bit" in sys.argv else "bf16"))


if __name__ == "__main__":
    main()
