"""Reads a safetensors file into arrays, bfloat16 too, which numpy has no type for.

Knows nothing of adapters.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

BFLOAT16 = "BF16"
TYPES = {"F16": "<f2", "F32": "<f4", "F64": "<f8", "BOOL": "|b1"} | {
    f"{kind}{8 * size}": f"<{kind.lower()}{size}" for kind in "IU" for size in (1, 2, 4, 8)
}


def read_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """The tensors in the file at `path` by name; bfloat16 becomes float32, which holds it exactly.

    Raises `OSError` or `ValueError`.
    """
    import safetensors

    deserialize: Callable[[bytes], Any] = safetensors.deserialize
    try:
        return {name: _array(entry) for name, entry in deserialize(path.read_bytes())}
    except (safetensors.SafetensorError, KeyError) as error:
        raise ValueError(f"{path} is no safetensors file of known types") from error


def _array(entry: dict[str, Any]) -> NDArray[Any]:
    data, shape = entry["data"], entry["shape"]
    if entry["dtype"] == BFLOAT16:
        halves = np.frombuffer(data, "<u2").astype("<u4") << 16
        return halves.view("<f4").reshape(shape)
    return np.frombuffer(data, TYPES[entry["dtype"]]).reshape(shape)
