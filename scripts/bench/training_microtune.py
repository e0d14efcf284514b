#!/usr/bin/env python3
"""One run of microtune's trainer for the training benchmark.

    training_microtune.py EXAMPLES.json fp32|bf16

Prints one JSON object. The loop is timed with its checkpoints and its final PEFT folder in it;
validation is left out, since the Trainer does none either.
"""

import json
import sys
import tempfile
from dataclasses import replace
from math import ceil
from pathlib import Path

from training_given import given

from microtune_adapters.checkpoints import load_checkpoint
from microtune_adapters.rows import packed
from microtune_adapters.torch_base import load_torch_base
from microtune_adapters.torch_trainer import TorchTrainer


def main() -> None:
    data = given(sys.argv[1])
    recipe = replace(data.recipe, precision=sys.argv[2])
    rows, heldout = (packed(some, recipe.row) for some in (data.examples, data.heldout))
    model = load_torch_base(data.base).model
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
        "heldout": trainer.mean_nats(heldout),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
