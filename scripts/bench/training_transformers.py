#!/usr/bin/env python3
"""One run of `transformers.Trainer` + peft for the training benchmark, as its manual has it.

    training_transformers.py EXAMPLES.json fp32|bf16 [--grouped] [--layers]

The same base (dequantised by transformers), adapter, optimiser and learning rate as microtune's;
batches of whole examples padded to the right, -100 as the label of prompts and padding. All else is
the library's default, attention too. --grouped puts examples of like length into one batch, which
the library offers against padding; --layers adapts those layers alone that the recipe does. Prints
one JSON object; the loop alone is timed.
"""

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy
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
        "heldout": loss(trainer.model, data["heldout"]),
    }
    print(json.dumps(result))


def loss(model: Any, examples: Sequence[tuple[list[int], int]]) -> float:
    """In nats a token that bears loss, over all examples, one at a time."""
    model.eval()
    nats, count = 0.0, 0
    with torch.no_grad():
        for ids, answer in examples:
            logits = model(input_ids=torch.tensor([ids])).logits[0, answer - 1 : -1]
            nats += float(cross_entropy(logits, torch.tensor(ids[answer:]), reduction="sum"))
            count += len(ids) - answer
    return nats / count


def with_adapter(path: Path, recipe: dict[str, Any]) -> Any:
    base = AutoModelForCausalLM.from_pretrained(
        str(path.parent), gguf_file=path.name, dtype=torch.float32
    )
    base.is_quantized = False  # the weights are plain by now; the Trainer refuses them otherwise
    return adapted(base, recipe)


if __name__ == "__main__":
    main()
