"""Reads the network in a base's GGUF: its shape as a model's configuration has it, its weights as
float32 arrays under Hugging Face's names.

Knows the llama, qwen2 and qwen3 architectures and nothing of who computes with them. The file has
been inspected before (see `gguf_inspect`).
"""

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from microtune.errors import MicrotuneError
from microtune_adapters.gguf_base import DEFAULT_ROPE_THETA, Array, restore_heads
from microtune_adapters.gguf_header import Header, read_header
from microtune_adapters.gguf_shape import NAMES, read_shape

OUTER = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
}
INNER = {
    **{theirs: ours for ours, theirs in NAMES.items()},
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
}


def read_config(path: Path) -> dict[str, Any]:
    """The shape of the base at `path`, with the names of its `config.json`.

    Raises `MicrotuneError` for rotary positions that are scaled otherwise than linearly.
    """
    header = read_header(path)
    family = str(header.text("general.architecture"))

    def said(key: str, otherwise: Any = None) -> Any:
        return header.values.get(f"{family}.{key}", otherwise)

    hidden, heads = said("embedding_length"), said("attention.head_count")
    return {
        "model_type": family,
        "vocab_size": header.tensors["token_embd.weight"].shape[0],
        "hidden_size": hidden,
        "intermediate_size": said("feed_forward_length"),
        "num_hidden_layers": said("block_count"),
        "num_attention_heads": heads,
        "num_key_value_heads": said("attention.head_count_kv", heads),
        "head_dim": said("attention.key_length", hidden // heads),
        "max_position_embeddings": said("context_length"),
        "rms_norm_eps": said("attention.layer_norm_rms_epsilon"),
        "rope_theta": said("rope.freq_base", DEFAULT_ROPE_THETA),
        "rope_scaling": _scaling(path, header, said("rope.scaling.type"), said),
        "attention_bias": "blk.0.attn_q.bias" in header.tensors,
        "tie_word_embeddings": "output.weight" not in header.tensors,
    }


def _scaling(path: Path, header: Header, kind: Any, said: Any) -> dict[str, Any] | None:
    if "rope_freqs.weight" in header.tensors or kind not in (None, "none", "linear"):
        raise MicrotuneError(
            f"{path} scales its rotary positions in a way that is not known here",
            "Set MICROTUNE_BACKEND=torch, which trains and serves it, or choose another base.",
        )
    return {"type": kind, "factor": said("rope.scaling.factor", 1.0)} if kind == "linear" else None


def read_weights(path: Path) -> Iterator[tuple[str, Array]]:
    """Every weight of the base at `path` by its name, dequantised, one at a time.

    Raises `MicrotuneError` for a tensor that it does not know.
    """
    import gguf

    shape = read_shape(path)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for tensor in shape.tensors.values():
            raw = np.frombuffer(data[tensor.start : tensor.start + tensor.bytes], np.uint8)
            rows = raw.reshape(*tensor.shape[:-1], -1)
            kind = gguf.GGMLQuantizationType[tensor.type]
            weight = np.asarray(gguf.quants.dequantize(rows, kind), np.float32)
            name = _name(path, tensor.name)
            heads = shape.permuted_heads(name.split(".", 3)[-1].rpartition(".")[0])
            yield name, restore_heads(weight, heads) if heads else weight


def _name(path: Path, theirs: str) -> str:
    """Hugging Face's name of a GGUF's tensor."""
    stem, _, end = theirs.rpartition(".")
    _, _, inside = stem.partition(".")
    layer, _, part = inside.partition(".")
    if stem in OUTER:
        return f"{OUTER[stem]}.{end}"
    if stem.startswith("blk.") and part in INNER:
        return f"model.layers.{layer}.{INNER[part]}.{end}"
    raise MicrotuneError(
        f"{path} holds {theirs[:80]!r}, for which a model of its family has no place",
        "Set MICROTUNE_BACKEND=torch, or choose another base.",
    )
