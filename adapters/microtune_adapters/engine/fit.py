"""Decides whether an adapter folder may be served on a base, before any engine opens it.

Knows hashes and file forms; knows nothing of llama.cpp.
"""

from pathlib import Path

from microtune.errors import MicrotuneError
from microtune_adapters.cards import CARD_FILE, Card
from microtune_adapters.gguf_inspect import file_sha256
from microtune_adapters.gguf_origin import ADAPTER_FILE, read_base_hash


def fitting_gguf(adapter: Path, base_sha256: str) -> Path:
    """The GGUF of the adapter in a folder, once it is known to be meant for this base.

    Raises `MicrotuneError` for a file that is malformed, not microtune's own, changed since its
    card was written, or fitted to another base: llama.cpp would load the last one without a word.
    """
    gguf = adapter / ADAPTER_FILE
    hashes = {read_base_hash(gguf)}
    if (adapter / CARD_FILE).exists():
        card = Card.read(adapter)
        hashes.add(card.base_sha256)
        if card.gguf_sha256 and card.gguf_sha256 != file_sha256(gguf):
            raise MicrotuneError(
                f"{gguf} was changed since its card was written", "Train or import it again."
            )
    if hashes != {base_sha256}:
        raise MicrotuneError(
            f"the adapter in {adapter} was trained on another base than the one loaded",
            "Run `microtune train` to make one for this base.",
        )
    return gguf
