#!/usr/bin/env python3
"""One run of `transformers.Trainer` + peft for the training benchmark, as its manual has it.

    training_transformers.py EXAMPLES.json fp32|bf16 [--grouped]

The same base (dequantised by transformers), adapter, optimiser and learning rate as microtune's;
batches of whole examples padded to the right, -100 as the label of prompts and padding. All else is
the library's default, attention too. --grouped puts examples of like length into one batch, which
the library offers against padding. Prints one JSON object; the loop alone is timed.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from trainer_baseline import adapted, arguments, features, on_processor
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    DataCollatorForSeq2Seq,
    Trainer,
    TrainerCallback,
)


class Stopwatch(TrainerCallback):  # type: ignore[misc]
    """Times the loop without the Trainer's own beginning."""

    began = ended = 0.0

    def on_train_begin(self, *_: Any, **__: Any) -> None:
        self.began = time.perf_counter()

    def on_train_end(self, *_: Any, **__: Any) -> None:
        self.ended = time.perf_counter()


def main() -> None:
    data = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    recipe, path, watch = data["recipe"], Path(data["path"]), Stopwatch()
    tokenizer = AutoTokenizer.from_pretrained(str(path.parent), gguf_file=path.name)
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    with tempfile.TemporaryDirectory(prefix="microtune-bench-") as folder:
        trainer = Trainer(
            model=with_adapter(path, recipe),
            args=arguments(
                recipe,
                folder,
                max(1, round(len(data["examples"]) / data["steps"])),
                bf16=sys.argv[2] == "bf16",
                **on_processor(),
            ),
            train_dataset=[features(ids, answer) for ids, answer in data["examples"]],
            data_collator=DataCollatorForSeq2Seq(tokenizer),
            callbacks=[watch],
        )
        done = trainer.train()
    result = {
        "seconds": watch.ended - watch.began,
        "steps": done.global_step,
        "tokens": sum(len(ids) for ids, _ in data["examples"]),
        "answer_tokens": sum(len(ids) - answer for ids, answer in data["examples"]),
        "loss": done.training_loss,
    }
    print(json.dumps(result))


def with_adapter(path: Path, recipe: dict[str, Any]) -> Any:
    base = AutoModelForCausalLM.from_pretrained(
        str(path.parent), gguf_file=path.name, dtype=torch.float32
    )
    base.is_quantized = False  # the weights are plain by now; the Trainer refuses them otherwise
    return adapted(base, recipe)


if __name__ == "__main__":
    main()
