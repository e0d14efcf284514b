"""Writes an adapter as the GGUF that llama.cpp serves.

PEFT on disk is canonical; this export is made here from it, and no foreign one is ever loaded.
Bit-equal to llama.cpp's own `convert_lora_to_gguf.py` for plain LoRA. Knows nothing of serving.
"""

from pathlib import Path

import numpy as np

from microtune.errors import MicrotuneError
from microtune_adapters.gguf_base import permute_heads
from microtune_adapters.gguf_inspect import BaseFile, file_sha256
from microtune_adapters.gguf_origin import BASE_KEY
from microtune_adapters.gguf_shape import Shape, read_shape
from microtune_adapters.lora_weights import Array, LoraWeights
from microtune_adapters.peft_format import read_peft


def export_gguf(folder: Path, base: BaseFile, path: Path) -> str:
    """Write the PEFT adapter in `folder` for `base` as one GGUF, and return the file's SHA-256.

    Raises `MicrotuneError` if the adapter is malformed or its shapes are not those of the base.
    """
    weights = read_peft(folder, base.layers)
    return write_gguf(path, weights, read_shape(base.path), base.sha256)


def write_gguf(path: Path, weights: LoraWeights, shape: Shape, base_sha256: str) -> str:
    """Write `weights`, for the base of that shape and hash, as one GGUF, and return its SHA-256.

    float32, because llama.cpp decodes faster with it than with float16. Raises `MicrotuneError`
    where the base has no place for them.
    """
    import gguf

    tensors = _tensors(weights, shape)
    partial = path.with_name(path.name + ".partial")
    writer = gguf.GGUFWriter(str(partial), shape.architecture)
    try:
        writer.add_type(gguf.GGUFType.ADAPTER)
        writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
        # llama.cpp divides alpha by the rank and knows no other scaling
        writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, weights.scale * weights.rank)
        writer.add_file_type(gguf.LlamaFileType.ALL_F32)
        writer.add_string(BASE_KEY, base_sha256)
        for name, tensor in tensors.items():
            writer.add_tensor(name, tensor)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return file_sha256(path)


def _tensors(weights: LoraWeights, shape: Shape) -> dict[str, Array]:
    """llama.cpp's names and layout of every A and B."""
    tensors: dict[str, Array] = {}
    for module, (a, b) in sorted(weights.modules.items()):
        _, _, layer, projection = module.split(".", 3)
        name = f"blk.{layer}.{shape.names.get(projection)}.weight"
        if name not in shape.tensors or shape.tensors[name].shape != (b.shape[0], a.shape[1]):
            raise MicrotuneError(
                f"the adapter does not fit the base {shape.name} in {module}",
                "Train an adapter for this base, or use the base that it was trained on.",
            )
        if heads := shape.permuted_heads(projection):
            b = permute_heads(b, heads)  # A reads what was not permuted
        tensors[f"{name}.lora_a"] = np.ascontiguousarray(a)
        tensors[f"{name}.lora_b"] = np.ascontiguousarray(b)
    return tensors
