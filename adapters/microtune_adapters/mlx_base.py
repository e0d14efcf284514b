"""The served GGUF as a model of mlx-lm, to train on and to serve: the same weights for both.

mlx itself reads no K-quants, so `gguf_weights` dequantises the file. Token ids are llama.cpp's.
"""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from microtune.errors import MicrotuneError, is_of_the_machine
from microtune_adapters.chatml import END, START, ChatCodec
from microtune_adapters.engine.vocabulary import open_vocabulary
from microtune_adapters.gguf_header import read_header
from microtune_adapters.gguf_weights import read_config, read_weights

SINGLE_BELOW = 250_000_000  # weights that are held in float32 on a graphics processor, 1 GB


@dataclass(frozen=True, slots=True)
class MlxBase:
    """A causal language model of mlx-lm (`model`) and the codec of its chats."""

    model: Any
    codec: ChatCodec


def load_mlx_base(path: Path) -> MlxBase:
    """The GGUF at `path`, which has been inspected before, ready to train on.

    Raises `MicrotuneError` if it has gone away since, or holds what mlx-lm's models do not.
    """
    vocabulary = open_vocabulary(path)  # small, and as long-lived as the codec
    codec = ChatCodec(vocabulary.tokenise, vocabulary.control(START), vocabulary.control(END))
    return MlxBase(load_mlx_model(path), codec)


def load_mlx_model(path: Path) -> Any:
    """The network alone, with nothing in it to train. Raises as `load_mlx_base` does."""
    mx = mlx()
    with _said_if_unread(path):
        config = read_config(path)
        classes = importlib.import_module(f"mlx_lm.models.{config['model_type']}")
        model = classes.Model(classes.ModelArgs.from_dict(config))
        kind = weight_type(path)
        weights = [(name, mx.array(array).astype(kind)) for name, array in read_weights(path)]
        model.load_weights(weights)  # refuses a set that is not exactly the model's
        mx.eval(model.parameters())
    model.eval()
    model.freeze()
    return model


def mlx() -> Any:
    """`mlx.core`, as it is to be used here. Where there is no graphics processor nothing gets
    compiled: that would call g++ for each kernel, almost a minute the first time, for no gain."""
    import mlx.core as mx

    if mx.default_device() == mx.cpu:
        mx.disable_compile()
    return mx


def weight_type(path: Path) -> Any:
    """How the base's weights are held: float32, or bfloat16 for a large one on a graphics
    processor. Trainer and engine ask here, so that an adapter meets the weights it was fitted to.
    """
    mx = mlx()
    count = sum(tensor.elements for tensor in read_header(path).tensors.values())
    single = mx.default_device() == mx.cpu or count < SINGLE_BELOW
    return mx.float32 if single else mx.bfloat16


def head_of(model: Any, hidden: Any) -> Any:
    """Logits of what the network's body made."""
    if model.args.tie_word_embeddings:
        return model.model.embed_tokens.as_linear(hidden)
    return model.lm_head(hidden)


@contextmanager
def _said_if_unread(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError, IndexError) as error:
        if not path.is_file() or is_of_the_machine(error):
            raise MicrotuneError(
                f"the base {path} cannot be read any more",
                "Bring it back (is its disk connected?) and run the same command again.",
            ) from error
        raise MicrotuneError(
            f"mlx-lm cannot take the base {path} ({str(error).splitlines()[0][:200]})",
            "Set MICROTUNE_BACKEND=torch, or choose another base.",
        ) from error
