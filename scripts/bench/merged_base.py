"""A copy of a base with an adapter merged into its weights. For measuring alone: microtune serves
an adapter beside the base, whose weights it leaves as they are.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np

from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.gguf_origin import ADAPTER_FILE

SUFFIXES = (".lora_a", ".lora_b")


def write_merged(base: BaseFile, adapter: Path, path: Path, quantisation: str) -> None:
    """Write `base` with the adapter of that folder of a library merged in, at `path`.

    What the adapter changes is written as `quantisation` ("same": as the base has it), all else
    as it is.
    """
    reader, changes = gguf.GGUFReader(str(base.path)), _changes(adapter / ADAPTER_FILE)
    writer = gguf.GGUFWriter(str(path), base.architecture)
    _copy_metadata(reader, writer)
    for tensor in reader.tensors:
        change = changes.get(tensor.name)
        if change is None:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
            continue
        merged = gguf.quants.dequantize(tensor.data, tensor.tensor_type) + change()
        kind = _kind(tensor, quantisation)
        writer.add_tensor(tensor.name, gguf.quants.quantize(merged, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _kind(tensor: Any, quantisation: str) -> Any:
    same = quantisation == "same"
    return tensor.tensor_type if same else gguf.GGMLQuantizationType[quantisation.upper()]


def _copy_metadata(reader: gguf.GGUFReader, writer: gguf.GGUFWriter) -> None:
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name == gguf.Keys.General.ARCHITECTURE:
            continue  # the writer's own
        kind, inner = field.types[0], field.types[-1]
        is_array = kind == gguf.GGUFValueType.ARRAY
        writer.add_key_value(field.name, field.contents(), kind, inner if is_array else None)


def _changes(adapter: Path) -> dict[str, Callable[[], Any]]:
    """By the name of a weight: what the adapter adds to it, float32 [out, in], made when asked."""
    reader = gguf.GGUFReader(str(adapter))
    alpha = float(reader.fields[gguf.Keys.Adapter.LORA_ALPHA].contents())
    halves = {tensor.name: np.asarray(tensor.data, np.float32) for tensor in reader.tensors}

    def change(name: str) -> Callable[[], Any]:
        a, b = (halves[name + suffix] for suffix in SUFFIXES)
        return lambda: (b @ a) * (alpha / a.shape[0])

    return {name: change(name) for name in {n.rpartition(".lora_")[0] for n in halves}}
