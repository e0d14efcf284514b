"""The served GGUF as a torch model to train on: what is trained on is what is served.

transformers dequantises the file; token ids and logits are those of llama.cpp.
"""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from microtune.errors import MicrotuneError
from microtune_adapters.chatml import END, START, ChatCodec
from microtune_adapters.gguf_read_once import read_once
from microtune_adapters.threads import wait_politely
from microtune_adapters.torch_place import PROCESSOR, Place, put


@dataclass(frozen=True, slots=True)
class TorchBase:
    """A causal language model of transformers (`model`) and the codec of its chats."""

    model: Any
    codec: ChatCodec


def load_torch_base(path: Path, place: Place = PROCESSOR) -> TorchBase:
    """Dequantise the GGUF at `path`, which has been inspected before, and put it there.

    Raises `MicrotuneError` if it has gone away since, or a card has no room for it.
    """
    wait_politely()
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from microtune_adapters.packed_attention import offer_to_transformers

    with _said_if_gone(path), quiet(), read_once():
        folder, name = str(path.parent), path.name
        tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
        model = AutoModelForCausalLM.from_pretrained(
            folder,
            gguf_file=name,
            dtype=torch.float32,
            attn_implementation=offer_to_transformers(),
        )

    def encode(text: str) -> list[int]:
        plain = text.encode("utf-8", "replace").decode()  # a lone surrogate is no text
        ids = tokenizer(plain, add_special_tokens=False, split_special_tokens=True).input_ids
        return [int(i) for i in ids]

    start, end = (int(tokenizer.convert_tokens_to_ids(t)) for t in (START, END))
    frozen = put(model.eval().requires_grad_(False), place)
    return TorchBase(frozen, ChatCodec(encode, start, end))


@contextmanager
def _said_if_gone(path: Path) -> Iterator[None]:
    """transformers looks for a file that is not there by that name on its hub, and says that."""
    try:
        yield
    except Exception as error:
        if path.is_file():
            raise
        raise MicrotuneError(
            f"the base {path} is not there any more",
            "Bring it back (is its disk connected?) and run the same command again.",
        ) from error


@contextmanager
def quiet() -> Iterator[None]:
    """Progress bars and advice of transformers and peft are not for our users' screens."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from transformers.utils import logging as transformers_logging

    level = transformers_logging.get_verbosity()
    transformers_logging.set_verbosity(logging.ERROR)
    try:
        with warnings.catch_warnings(), redirect_stderr(StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        transformers_logging.set_verbosity(level)
