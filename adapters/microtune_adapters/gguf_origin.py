"""Tells for which base the GGUF of an adapter was made. Loads no library of arrays."""

from pathlib import Path

from microtune.errors import MicrotuneError
from microtune_adapters.gguf_header import FLOAT32, read_header

ADAPTER_FILE = "adapter.gguf"
BASE_KEY = "microtune.base.sha256"
# As in gguf's `Keys.Adapter`, which takes numpy with it: 0.2 s before the first draft.
TYPE_KEY, ALPHA_KEY = "adapter.type", "adapter.lora.alpha"


def read_base_hash(path: Path) -> str:
    """The SHA-256 of the base for which the adapter GGUF at `path` was made.

    Raises `MicrotuneError` for a damaged file, and for one that microtune did not write: wrong
    types in its metadata would abort llama.cpp.
    """
    header = read_header(path)
    base = header.text(BASE_KEY)
    lora = header.text("general.type") == "adapter" and header.text(TYPE_KEY) == "lora"
    if not lora or not base or header.types.get(ALPHA_KEY) != FLOAT32:
        raise MicrotuneError(
            f"{path} is not an adapter that microtune wrote",
            "Import the adapter's own export with `microtune adapters import`.",
        )
    return base
