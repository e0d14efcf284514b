"""Tiny random bases of six families, each as a Hugging Face folder and as one GGUF, and adapters.

The GGUF is written with gguf's own map of tensor names, for llama.cpp alone: microtune writes bases
of the llama family only. Weights are large enough that a mistake in a layout shows in the logits.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np

from microtune_adapters.gguf_base import permute_heads
from microtune_adapters.gguf_shape import ARCHITECTURES, PERMUTED
from microtune_adapters.lora_weights import LoraWeights
from tests.tiny import tiny_tokenizer

FAMILIES = tuple(sorted(ARCHITECTURES))
VOCABULARY, HIDDEN, INNER, HEADS, KV_HEADS, HEAD = 512, 64, 128, 4, 2, 16
LAYERS = {"gemma3": 6, "smollm3": 4}  # every sixth layer sees all of the text; every fourth is NoPE
WINDOW = 32
COMMON = {
    "vocab_size": VOCABULARY,
    "hidden_size": HIDDEN,
    "intermediate_size": INNER,
    "num_attention_heads": HEADS,
    "num_key_value_heads": KV_HEADS,
    "max_position_embeddings": 512,
    "rms_norm_eps": 1e-5,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
OWN = {
    "llama": {},
    "qwen2": {"tie_word_embeddings": False},
    "qwen3": {"head_dim": HEAD},
    "gemma3": {"head_dim": HEAD, "query_pre_attn_scalar": HEAD, "sliding_window": WINDOW},
    "phi3": {},
    "smollm3": {"use_sliding_window": False},
}
# No library's default. mlx-lm looks for it where earlier transformers kept it, and passes over
# `rope_parameters` in all of these but qwen3. gemma3 has two, and mlx-lm's defaults for them.
ROPE = dict.fromkeys(("llama", "qwen2", "qwen3", "phi3", "smollm3"), 500_000.0)


@dataclass(frozen=True)
class Family:
    """One tiny base: `folder` is Hugging Face's form of it, `gguf` llama.cpp's."""

    name: str
    folder: Path
    gguf: Path
    shapes: dict[str, tuple[int, int]]  # [out, in] of each projection by the module's name

    @property
    def layers(self) -> int:
        return LAYERS.get(self.name, 2)


def make_family(name: str, into: Path, seed: int = 0) -> Family:
    """Write the base of that family into the folder `into`."""
    import torch

    model = _model(name)
    generator = np.random.default_rng(seed)
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            parameter.copy_(torch.from_numpy(_random(generator, name, key, tuple(parameter.shape))))
    model.save_pretrained(into)
    weights = {key: value.numpy() for key, value in model.state_dict().items()}
    if model.config.tie_word_embeddings:
        weights.pop("lm_head.weight")
    path = into / f"{name}.gguf"
    _write_gguf(path, name, model.config, weights)
    shapes = {
        key.removesuffix(".weight"): value.shape
        for key, value in weights.items()
        if key.endswith("_proj.weight")
    }
    return Family(name, into, path, shapes)


def family_lora(family: Family, seed: int = 0, rank: int = 4, alpha: float = 6.0) -> LoraWeights:
    """A random adapter of every projection, strong enough to change most of its answers."""
    generator = np.random.default_rng(1000 + seed)
    modules = {
        name: (
            generator.normal(0, 0.15, (rank, inputs)).astype(np.float32),
            generator.normal(0, 0.15, (outputs, rank)).astype(np.float32),
        )
        for name, (outputs, inputs) in family.shapes.items()
    }
    return LoraWeights(rank, alpha, alpha / rank, modules)


def _model(name: str) -> Any:
    from transformers import AutoConfig, AutoModelForCausalLM

    kind = "gemma3_text" if name == "gemma3" else name
    rope = {} if name == "gemma3" else {"rope_theta": ROPE[name]}
    settings = {**COMMON, "num_hidden_layers": LAYERS.get(name, 2), **rope, **OWN[name]}
    return AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **settings)).eval()


def _random(
    generator: np.random.Generator, family: str, key: str, shape: tuple[int, ...]
) -> np.ndarray:
    if key.endswith("norm.weight"):
        middle = 0.0 if family == "gemma3" else 1.0  # gemma adds one to them
        return generator.uniform(middle - 0.2, middle + 0.2, shape).astype(np.float32)
    return generator.normal(0, 0.12, shape).astype(np.float32)


def _write_gguf(path: Path, family: str, config: Any, weights: dict[str, np.ndarray]) -> None:
    architectures = {value: key for key, value in gguf.MODEL_ARCH_NAMES.items()}
    layers = config.num_hidden_layers
    names = gguf.get_tensor_name_map(architectures[family], layers)
    writer = gguf.GGUFWriter(str(path), family)
    writer.add_type(gguf.GGUFType.MODEL)
    writer.add_name("tiny")  # llama.cpp looks for tokens of Phi's where a name has it
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_block_count(layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(HEAD)
    writer.add_value_length(HEAD)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_dimension_count(HEAD)
    writer.add_rope_freq_base(ROPE.get(family, 1_000_000.0))
    if family == "gemma3":
        writer.add_sliding_window(config.sliding_window)
    _add_tokenizer(writer)
    for key, weight in weights.items():
        writer.add_tensor(_name(names, key), _laid_out(family, key, weight))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _name(names: Any, key: str) -> str:
    name = names.get_name(key, try_suffixes=(".weight", ".bias"))
    assert name, f"no place in a GGUF for {key}"
    return str(name)


def _laid_out(family: str, key: str, weight: np.ndarray) -> np.ndarray:
    """As llama.cpp's converter would have it."""
    if family == "gemma3" and key.endswith("norm.weight"):
        return weight + 1
    projection = key.split(".")[-2]
    if family in PERMUTED and projection in ("q_proj", "k_proj"):
        return permute_heads(weight, HEADS if projection == "q_proj" else KV_HEADS)
    return weight


def _add_tokenizer(writer: Any) -> None:
    """Any that llama.cpp loads: the tests speak in ids."""
    tokenizer = json.loads(tiny_tokenizer(VOCABULARY))
    tokens = sorted(tokenizer["model"]["vocab"], key=tokenizer["model"]["vocab"].get)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens + [f"[PAD{n}]" for n in range(len(tokens), VOCABULARY)])
    writer.add_token_types([gguf.TokenType.NORMAL] * VOCABULARY)
    writer.add_token_merges(
        [m if isinstance(m, str) else " ".join(m) for m in tokenizer["model"]["merges"]]
    )
    writer.add_eos_token_id(2)
