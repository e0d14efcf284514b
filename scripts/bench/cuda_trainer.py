#!/usr/bin/env python3
"""One run of `transformers.Trainer` + peft for the benchmark on a GPU, as its manual has it.

    cuda_trainer.py TASK.json [--grouped | --four-bit]

Batches of whole examples padded to the right up to their longest, -100 as the label of prompts and
padding, nothing computed again for its gradients. All else is the library's default, attention and
the optimiser's form too. --grouped puts examples of like length into one batch; --four-bit takes
the base as QLoRA does. Prints one JSON object. Timed is the loop over the examples that count,
after one of three steps over others.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
from cuda_base import in_four_bits, random_base
from cuda_examples import WARM, lengths
from cuda_meter import Meter
from peft import prepare_model_for_kbit_training
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from trainer_baseline import adapted, arguments, features, on_processor
from transformers import Trainer, TrainerCallback


class Stopwatch(TrainerCallback):  # type: ignore[misc]
    """Times the loop without the Trainer's own beginning."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter

    def on_train_begin(self, *_: Any, **__: Any) -> None:
        self.meter.start()

    def on_train_end(self, *_: Any, **__: Any) -> None:
        self.meter.stop()


def main() -> None:
    task = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    model, meter = with_adapter(task), Meter(task["device"])
    meter.settle()
    pass_over(model, task, task["warm"][: WARM * task["examples_a_step"]], meter)
    done = pass_over(model, task, task["timed"], meter)
    counted = lengths(task["timed"])
    result = {
        **meter.figures(),
        "steps": done.global_step,
        "tokens": sum(tokens for tokens, _ in counted),
        "answer_tokens": sum(answer for _, answer in counted),
        "loss": done.training_loss,
    }
    print(json.dumps(result))


def pass_over(model: Any, task: dict[str, Any], examples: list[Any], meter: Meter) -> Any:
    """Train once on each of the examples. The meter holds the seconds of the last loop."""
    with tempfile.TemporaryDirectory(prefix="microtune-bench-") as folder:
        trainer = Trainer(
            model=model,
            args=arguments(
                task["recipe"],
                folder,
                task["examples_a_step"],
                bf16=task["recipe"]["precision"] == "bf16",
                **(on_processor() if task["device"] == "cpu" else {}),
            ),
            train_dataset=[features(ids, prompt) for ids, prompt in examples],
            data_collator=padded,
            callbacks=[Stopwatch(meter)],
        )
        done = trainer.train()
    trainer.accelerator.unwrap_model(model, keep_fp32_wrapper=False)  # the next wraps it anew
    return done


def with_adapter(task: dict[str, Any]) -> Any:
    base = random_base(task["shape"], task["device"])
    if "--four-bit" in sys.argv:
        base = in_four_bits(base, task["device"])
        base = prepare_model_for_kbit_training(base, use_gradient_checkpointing=False)
    return adapted(base, task["recipe"])


def padded(batch: list[dict[str, list[int]]]) -> dict[str, Tensor]:
    """Tensors [examples, longest]."""
    fill = {"input_ids": 0, "attention_mask": 0, "labels": -100}
    return {
        name: pad_sequence(
            [torch.tensor(one[name]) for one in batch], batch_first=True, padding_value=value
        )
        for name, value in fill.items()
    }


if __name__ == "__main__":
    main()
