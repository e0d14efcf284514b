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

from microtune_adapters.checkpoints import load_checkpoint
from microtune_adapters.recipes import Recipe
from microtune_adapters.rows import Encoded, Rows, packed
from microtune_adapters.torch_base import load_torch_base
from microtune_adapters.torch_trainer import TorchTrainer


def main() -> None:
    data = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    changes = {"targets": tuple(data["recipe"]["targets"]), "precision": sys.argv[2]}
    recipe = Recipe(**{**data["recipe"], **changes})
    rows = packed((Encoded(tuple(ids), at) for ids, at in data["examples"]), recipe.row)
    model = load_torch_base(Path(data["path"])).model
    heldout = packed((Encoded(tuple(ids), at) for ids, at in data["heldout"]), recipe.row)
    with tempfile.TemporaryDirectory(prefix="microtune-bench-") as folder:
        trainer = TorchTrainer(model, recipe, Path(folder))
        trained = trainer.train(
            rows,
            rows.take(slice(0, 0)),
            ceil(len(rows) / recipe.batch),
            report=lambda progress: None,
            stop=lambda: False,
        )
        last = load_checkpoint(Path(folder)).weights  # nothing was looked at to choose others by
        trainer.set_weights(last)
    result = {
        "seconds": trained.seconds,
        "steps": trained.steps,
        "tokens": trained.tokens,
        "answer_tokens": int((rows.targets >= 0).sum()),
        "loss": sum(trained.losses) / len(trained.losses),
        "heldout": loss(trainer, heldout),
    }
    print(json.dumps(result))


def loss(trainer: TorchTrainer, rows: Rows) -> float:
    """In nats a target, over all rows."""
    parts = [trainer.nats(rows.take(slice(at, at + 1))) for at in range(len(rows))]
    return sum(nats for nats, _ in parts) / sum(count for _, count in parts)


if __name__ == "__main__":
    main()
