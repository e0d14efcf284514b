"""Adapters as other programs leave them on disk: peft, and mlx-lm after a training run."""

import types
from pathlib import Path

import numpy as np

from tests.adapters.families import ROPE, VOCABULARY, Family


def peft_saves(family: Family, folder: Path) -> Path:
    """What `PeftModel.save_pretrained` writes: rsLoRA, layers by number, targets by last name."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(family.folder, dtype=torch.float32)
    targets = sorted({name.rsplit(".", 1)[1] for name in family.shapes})
    config = LoraConfig(
        r=4,
        lora_alpha=3,
        use_rslora=True,
        target_modules=targets,
        layers_to_transform=[family.layers - 1],
        task_type="CAUSAL_LM",
    )
    model = get_peft_model(model, config)
    torch.manual_seed(0)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                parameter.normal_(0, 0.25)
    model.save_pretrained(folder)
    return folder


class Texts:
    """Random texts in the form that mlx-lm trains on."""

    def __init__(self) -> None:
        self.ids = np.random.default_rng(5).integers(3, VOCABULARY, (4, 32)).tolist()

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: int) -> list[int]:
        return list(self.ids[index])

    def process(self, ids: list[int]) -> tuple[list[int], int]:
        return ids, 0


def mlx_lm_trains(family: Family, folder: Path) -> Path:
    """What `mlx_lm.lora` leaves of the last layer: keys that it finds itself, and a configuration
    that holds all that it was told."""
    from mlx_lm.lora import CONFIG_DEFAULTS, train_model
    from mlx_lm.tuner.callbacks import TrainingCallback
    from mlx_lm.utils import load_model

    rope = {"rope_theta": ROPE[family.name]} if family.name in ROPE else {}
    model, _ = load_model(family.folder, model_config=rope)
    own = {"model": str(family.folder), "adapter_path": str(folder), "num_layers": 1, "iters": 8}
    fast = {"learning_rate": 0.004, "max_seq_length": 32, "val_batches": 1}
    arguments = types.SimpleNamespace(**{**CONFIG_DEFAULTS, **own, **fast})
    train_model(arguments, model, Texts(), Texts(), TrainingCallback())
    return folder
