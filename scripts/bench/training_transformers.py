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
from peft import LoraConfig, get_peft_model
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    DataCollatorForSeq2Seq,
    Trainer,
    TrainerCallback,
    TrainingArguments,
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
            args=arguments(data, Path(folder)),
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
    torch.manual_seed(recipe["seed"])
    base = AutoModelForCausalLM.from_pretrained(
        str(path.parent), gguf_file=path.name, dtype=torch.float32
    )
    base.is_quantized = False  # the weights are plain by now; the Trainer refuses them otherwise
    lora = LoraConfig(
        r=recipe["rank"],
        lora_alpha=recipe["alpha"],
        target_modules=recipe["targets"],
        task_type="CAUSAL_LM",
    )
    return get_peft_model(base, lora)


def features(ids: list[int], answer: int) -> dict[str, list[int]]:
    return {
        "input_ids": ids,
        "attention_mask": [1] * len(ids),
        "labels": [-100] * answer + ids[answer:],
    }


def arguments(data: dict[str, Any], folder: Path) -> TrainingArguments:
    grouped = {"train_sampling_strategy": "group_by_length"} if "--grouped" in sys.argv else {}
    return TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=1,
        per_device_train_batch_size=max(1, round(len(data["examples"]) / data["steps"])),
        learning_rate=data["recipe"]["learning_rate"],
        weight_decay=data["recipe"]["weight_decay"],
        max_grad_norm=1.0,
        bf16=sys.argv[2] == "bf16",
        use_cpu=True,
        dataloader_pin_memory=False,
        save_strategy="no",
        logging_strategy="no",
        report_to=[],
        disable_tqdm=True,
        remove_unused_columns=False,
        label_names=["labels"],
        seed=data["recipe"]["seed"],
        **grouped,
    )


if __name__ == "__main__":
    main()
