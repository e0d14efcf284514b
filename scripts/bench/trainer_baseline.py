"""What `transformers.Trainer` + peft is given alike, on the processor and on a card."""

import sys
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from transformers import TrainingArguments


def adapted(base: Any, recipe: dict[str, Any]) -> Any:
    """The base with an adapter of the recipe's seed, rank and targets, on all its layers; with
    --layers on the command line on the recipe's alone."""
    torch.manual_seed(recipe["seed"])
    layers = base.config.num_hidden_layers
    first = max(0, layers - recipe["layers"]) if "--layers" in sys.argv and recipe["layers"] else 0
    lora = LoraConfig(
        layers_to_transform=list(range(first, layers)),
        r=recipe["rank"],
        lora_alpha=recipe["alpha"],
        target_modules=recipe["targets"],
        task_type="CAUSAL_LM",
    )
    return get_peft_model(base, lora)


def features(ids: list[int], answer: int) -> dict[str, list[int]]:
    """An example whose loss falls on the ids from `answer` on."""
    return {
        "input_ids": ids,
        "attention_mask": [1] * len(ids),
        "labels": [-100] * answer + ids[answer:],
    }


def arguments(recipe: dict[str, Any], folder: str, examples: int, **here: Any) -> TrainingArguments:
    """One epoch by the recipe's rate, `examples` a step, and otherwise the library's defaults;
    --grouped on the command line puts examples of like length together."""
    grouped = {"train_sampling_strategy": "group_by_length"} if "--grouped" in sys.argv else {}
    return TrainingArguments(
        output_dir=folder,
        num_train_epochs=1,
        per_device_train_batch_size=examples,
        learning_rate=recipe["learning_rate"],
        weight_decay=recipe["weight_decay"],
        max_grad_norm=1.0,
        save_strategy="no",
        logging_strategy="no",
        report_to=[],
        disable_tqdm=True,
        remove_unused_columns=False,
        label_names=["labels"],
        seed=recipe["seed"],
        **grouped,
        **here,
    )


def on_processor() -> dict[str, Any]:
    """What `arguments` takes besides where there is no card to be used."""
    return {"use_cpu": True, "dataloader_pin_memory": False}
