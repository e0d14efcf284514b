"""An adapter of random values for any base, to time what adapters cost before one is trained."""

from pathlib import Path

import numpy as np

from microtune_adapters.gguf_adapter import export_gguf
from microtune_adapters.gguf_header import read_header
from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.gguf_origin import ADAPTER_FILE
from microtune_adapters.gguf_shape import NAMES
from microtune_adapters.lora_weights import Array, LoraWeights
from microtune_adapters.peft_format import write_peft

SIZE = 1e-3  # of the values: too small to turn the base's words into noise


def write_random_adapter(folder: Path, base: BaseFile, rank: int) -> Path:
    """Write a PEFT folder and its GGUF that change every projection of `base`; returns `folder`."""
    random = np.random.default_rng(0)
    tensors = read_header(base.path).tensors

    def matrix(*shape: int) -> Array:
        return random.normal(0, SIZE, shape).astype(np.float32)

    modules = {}
    for layer in range(base.layers):
        for projection, name in NAMES.items():
            outputs, inputs = tensors[f"blk.{layer}.{name}.weight"].shape
            pair = matrix(rank, inputs), matrix(outputs, rank)
            modules[f"model.layers.{layer}.{projection}"] = pair
    write_peft(folder, LoraWeights(rank, 2.0 * rank, 2.0, modules), base.name)
    export_gguf(folder, base, folder / ADAPTER_FILE)
    return folder
