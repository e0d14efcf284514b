#!/usr/bin/env python3
"""One run of microtune's trainer for the training benchmark.

    training_microtune.py EXAMPLES.json fp32|bf16

Prints one JSON object. The loop is timed with its checkpoints and its final PEFT folder in it;
validation is left out, since the Trainer does none either.
"""

import json
import sys
import tempfile
from math import ceil
from pathlib import Path

from microtune_adapters.recipes import Recipe
from microtune_adapters.rows import Encoded, packed
from microtune_adapters.torch_base import load_torch_base
from microtune_adapters.torch_trainer import TorchTrainer


def main() -> None:
    data = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    changes = {"targets": tuple(data["recipe"]["targets"]), "precision": sys.argv[2]}
    recipe = Recipe(**{**data["recipe"], **changes})
    rows = packed((Encoded(tuple(ids), at) for ids, at in data["examples"]), recipe.row)
    model = load_torch_base(Path(data["path"])).model
    with tempfile.TemporaryDirectory(prefix="microtune-bench-") as folder:
        trained = TorchTrainer(model, recipe, Path(folder)).train(
            rows,
            rows.take(slice(0, 0)),
            ceil(len(rows) / recipe.batch),
            report=lambda progress: None,
            stop=lambda: False,
        )
    result = {
        "seconds": trained.seconds,
        "steps": trained.steps,
        "tokens": trained.tokens,
        "answer_tokens": int((rows.targets >= 0).sum()),
        "loss": sum(trained.losses) / len(trained.losses),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
