"""Writes a base: one Llama-architecture model and its byte-level BPE tokenizer as one GGUF file.

Knows the GGUF names and layouts (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md); knows
nothing of how the weights were trained or how they are served.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microtune.errors import MicrotuneError

Array = NDArray[np.float32]

END_OF_TURN = "<|im_end|>"
PADDING = "<|endoftext|>"
DEFAULT_ROPE_THETA = 10_000.0


def permute_heads(weight: Array, heads: int) -> Array:
    """Reorder the rows [out, …] of a query or key projection from Hugging Face's layout to ggml's.

    Hugging Face rotates the first half of each head against the second, ggml neighbouring rows.
    """
    rows = weight.shape[0]
    halves = weight.reshape(heads, 2, rows // heads // 2, *weight.shape[1:])
    return np.ascontiguousarray(halves.swapaxes(1, 2).reshape(weight.shape))


def restore_heads(weight: Array, heads: int) -> Array:
    """Undo `permute_heads`."""
    rows = weight.shape[0]
    neighbours = weight.reshape(heads, rows // heads // 2, 2, *weight.shape[1:])
    return np.ascontiguousarray(neighbours.swapaxes(1, 2).reshape(weight.shape))


def write_base(
    path: Path,
    *,
    config: Mapping[str, Any],
    weights: Mapping[str, Array],
    tokenizer_json: str,
    quantisation: str,
    name: str,
    chat_template: str,
    metadata: Mapping[str, str] | None = None,
) -> str:
    """Write the model as one GGUF file, by one rename, and return the file's SHA-256.

    `config` is a `LlamaConfig` as a dict, `weights` have Hugging Face's names and float32 values,
    `tokenizer_json` is the text of a byte-level BPE `tokenizer.json` whose special tokens include
    `<|im_end|>` and `<|endoftext|>`. `quantisation` names what `gguf.quants` can make: "f32",
    "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1" or "q4_0"; vectors stay float32.
    Raises `MicrotuneError` for a tokenizer, a rope scaling, a tensor or a row that it cannot write.
    """
    import gguf

    encoding = _encoding(quantisation)
    partial = path.with_name(path.name + ".partial")
    writer = gguf.GGUFWriter(str(partial), "llama")
    try:
        _add_model(writer, config, name, encoding)
        _add_tokenizer(writer, json.loads(tokenizer_json), int(config["vocab_size"]), chat_template)
        for key, value in (metadata or {}).items():
            writer.add_string(key, value)
        _add_weights(writer, config, weights, encoding)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return _publish(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _encoding(quantisation: str) -> Any:
    """The ggml type of that name."""
    import gguf

    known = ("f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0")
    if quantisation not in known:
        raise MicrotuneError(
            f"cannot write a base as {quantisation}", f"Use one of {', '.join(known)}."
        )
    return gguf.GGMLQuantizationType[quantisation.upper()]


def _add_model(writer: Any, config: Mapping[str, Any], name: str, encoding: Any) -> None:
    import gguf

    heads = int(config["num_attention_heads"])
    head_size = int(config.get("head_dim") or config["hidden_size"] // heads)
    file_types = gguf.LlamaFileType
    file_type = (
        file_types.ALL_F32 if encoding.name == "F32" else file_types[f"MOSTLY_{encoding.name}"]
    )
    writer.add_type(gguf.GGUFType.MODEL)
    writer.add_name(name)
    writer.add_file_type(file_type)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_vocab_size(int(config["vocab_size"]))
    writer.add_context_length(int(config["max_position_embeddings"]))
    writer.add_embedding_length(int(config["hidden_size"]))
    writer.add_feed_forward_length(int(config["intermediate_size"]))
    writer.add_block_count(int(config["num_hidden_layers"]))
    writer.add_head_count(heads)
    writer.add_head_count_kv(int(config.get("num_key_value_heads") or heads))
    writer.add_key_length(head_size)
    writer.add_value_length(head_size)
    writer.add_layer_norm_rms_eps(float(config["rms_norm_eps"]))
    writer.add_rope_dimension_count(head_size)
    writer.add_rope_freq_base(_rope_theta(config))


def _rope_theta(config: Mapping[str, Any]) -> float:
    """The rotary base. transformers 5 keeps it in `rope_parameters`, earlier ones beside it."""
    rope = config.get("rope_parameters") or {}
    scaling = config.get("rope_scaling") or rope
    if scaling.get("rope_type", scaling.get("type", "default")) != "default":
        raise MicrotuneError(
            "this model scales its rotary positions, which write_base does not know",
            "Train it with plain rotary positions.",
        )
    return float(rope.get("rope_theta") or config.get("rope_theta") or DEFAULT_ROPE_THETA)


def _add_tokenizer(
    writer: Any, tokenizer: Mapping[str, Any], size: int, chat_template: str
) -> None:
    import gguf

    if tokenizer["model"]["type"] != "BPE" or not _splits_like_gpt2(tokenizer):
        raise MicrotuneError(
            "the tokenizer is not a byte-level BPE with GPT-2's splitting",
            "Train one with tokenizers.pre_tokenizers.ByteLevel(use_regex=True).",
        )
    ids = dict(tokenizer["model"]["vocab"])
    special = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    ids.update(special)
    names = {number: token for token, number in ids.items()}
    tokens, kinds = [], []
    for number in range(size):
        token = names.get(number, f"[PAD{number}]")
        tokens.append(token)
        if token in special:
            kinds.append(gguf.TokenType.CONTROL)
        else:
            kinds.append(gguf.TokenType.NORMAL if number in names else gguf.TokenType.UNUSED)
    merges = tokenizer["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in merges])
    writer.add_eos_token_id(special[END_OF_TURN])
    writer.add_pad_token_id(special[PADDING])
    writer.add_add_bos_token(False)
    writer.add_chat_template(chat_template)


def _splits_like_gpt2(tokenizer: Mapping[str, Any]) -> bool:
    splitter = tokenizer.get("pre_tokenizer") or {}
    return splitter.get("type") == "ByteLevel" and bool(splitter.get("use_regex", True))


def _add_weights(
    writer: Any, config: Mapping[str, Any], weights: Mapping[str, Array], encoding: Any
) -> None:
    import gguf

    query_heads = int(config["num_attention_heads"])
    heads = {
        "q_proj": query_heads,
        "k_proj": int(config.get("num_key_value_heads") or query_heads),
    }
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, int(config["num_hidden_layers"]))
    for source, weight in weights.items():
        if source == "lm_head.weight" and config.get("tie_word_embeddings"):
            continue  # the embedding serves as the output
        target = names.get_name(source, try_suffixes=(".weight",))
        if target is None:
            raise MicrotuneError(f"no place in a llama GGUF for {source}", "Check the model class.")
        projection = source.split(".")[-2]
        if projection in heads:
            weight = permute_heads(weight, heads[projection])
        kind = encoding if weight.ndim > 1 else gguf.GGMLQuantizationType.F32
        writer.add_tensor(target, _quantise(source, weight, kind), raw_dtype=kind)


def _quantise(source: str, weight: Array, kind: Any) -> NDArray[Any]:
    import gguf

    try:
        return np.asarray(gguf.quants.quantize(np.ascontiguousarray(weight, np.float32), kind))
    except (gguf.quants.QuantError, ValueError) as error:
        raise MicrotuneError(
            f"cannot write {source} of shape {list(weight.shape)} as {kind.name}",
            "Choose layer widths divisible by 32, or write it as f32.",
        ) from error


def _publish(partial: Path, path: Path) -> str:
    """Make the finished file durable, move it into place and return its SHA-256."""
    with partial.open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    partial.replace(path)
    return digest
