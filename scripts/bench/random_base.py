"""A base of random weights in any shape, to measure what a size costs before one is at hand."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from microtune_adapters.bases import pocket_path
from microtune_adapters.chatml import TEMPLATE
from microtune_adapters.gguf_base import Array, write_base
from microtune_adapters.torch_base import quiet

SIZE = 0.02  # of the values, as models are begun


@dataclass(frozen=True, slots=True)
class Shape:
    """Of a Llama whose output is its embedding; `keys` are its key-value heads."""

    layers: int
    hidden: int
    inner: int
    heads: int
    keys: int
    vocabulary: int


SHAPES = {
    "pocket": Shape(6, 256, 768, 4, 1, 8_192),
    "smollm2-135m": Shape(30, 576, 1_536, 9, 3, 49_152),
    "smollm2-360m": Shape(32, 960, 2_560, 15, 5, 49_152),
}


def write_random_base(path: Path, shape: Shape) -> None:
    """Write it in Q8_0, with pocket's tokenizer and as many unused tokens as the shape asks for."""
    write_base(
        path,
        config=_config(shape),
        weights=_weights(shape),
        tokenizer_json=_tokenizer(),
        quantisation="q8_0",
        name=path.stem,
        chat_template=TEMPLATE,
    )


def _config(shape: Shape) -> dict[str, Any]:
    return {
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.hidden,
        "intermediate_size": shape.inner,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.keys,
        "max_position_embeddings": 2048,
        "rms_norm_eps": 1e-5,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0},
        "tie_word_embeddings": True,
    }


def _weights(shape: Shape) -> dict[str, Array]:
    random = np.random.default_rng(0)

    def matrix(outputs: int, inputs: int) -> Array:
        return random.standard_normal((outputs, inputs), dtype=np.float32) * np.float32(SIZE)

    hidden, inner, keys = shape.hidden, shape.inner, shape.hidden * shape.keys // shape.heads
    weights = {"model.embed_tokens.weight": matrix(shape.vocabulary, hidden)}
    for layer in range(shape.layers):
        place = f"model.layers.{layer}"
        for norm in ("input_layernorm", "post_attention_layernorm"):
            weights[f"{place}.{norm}.weight"] = np.ones(hidden, np.float32)
        for name, outputs in {"q": hidden, "k": keys, "v": keys, "o": hidden}.items():
            weights[f"{place}.self_attn.{name}_proj.weight"] = matrix(outputs, hidden)
        for name in ("gate", "up"):
            weights[f"{place}.mlp.{name}_proj.weight"] = matrix(inner, hidden)
        weights[f"{place}.mlp.down_proj.weight"] = matrix(hidden, inner)
    return {**weights, "model.norm.weight": np.ones(hidden, np.float32)}


def _tokenizer() -> str:
    from transformers import AutoTokenizer

    pocket = pocket_path()
    with quiet():
        tokenizer = AutoTokenizer.from_pretrained(str(pocket.parent), gguf_file=pocket.name)
    return str(tokenizer.backend_tokenizer.to_str())
