"""The logits of a tiny base with an adapter, as torch, MLX and llama.cpp compute them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.adapters.families import ROPE, VOCABULARY, Family

LENGTH, TEXTS = 128, 8
IDS = np.random.default_rng(7).integers(3, VOCABULARY, (TEXTS, LENGTH))


def torch_logits(
    family: Family, adapter: Path | None, change: Callable[[Any], None] = lambda model: None
) -> np.ndarray:
    """Of the PEFT folder `adapter`, in a model that `change` may change before."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(family.folder, dtype=torch.float32)
    if adapter:
        model = PeftModel.from_pretrained(model, adapter)
    change(model)
    with torch.no_grad():
        return np.array(model.eval()(torch.tensor(IDS)).logits.numpy())


def mlx_logits(family: Family, adapter: Path) -> np.ndarray:
    """Of the mlx-lm folder `adapter`."""
    import mlx.core as mx
    from mlx_lm.tuner.utils import load_adapters
    from mlx_lm.utils import load_model

    rope = {"rope_theta": ROPE[family.name]} if family.name in ROPE else {}
    model, _ = load_model(family.folder, model_config=rope)
    model = load_adapters(model, str(adapter))
    model.eval()
    logits = model(mx.array(IDS))
    mx.eval(logits)
    return np.array(logits)


def llama_cpp_logits(family: Family, adapter: Path) -> np.ndarray:
    """Of the GGUF `adapter`."""
    import llama_cpp

    model = llama_cpp.Llama(
        str(family.gguf),
        lora_path=str(adapter),
        n_ctx=LENGTH,
        n_batch=LENGTH,
        logits_all=True,
        verbose=False,
        type_k=0,
        type_v=0,
        n_threads=1,
        n_threads_batch=1,
    )
    logits = []
    try:
        for ids in IDS:
            model.reset()
            model.eval(ids.tolist())
            logits.append(np.array(model.scores[:LENGTH]))
    finally:
        model.close()
    return np.stack(logits)
