"""A random, tiny Llama with its tokenizer as one GGUF: enough to train on in a second.

For the fault campaign, which asks what becomes of files and not how well anything writes.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from microtune_adapters.chatml import DOCUMENT_END, END, START, TEMPLATE
from microtune_adapters.gguf_base import Array, write_base
from microtune_adapters.lora_weights import PROJECTIONS

VOCABULARY, CONTEXT, HIDDEN, INNER, HEADS, KEY_HEADS = 1024, 256, 32, 64, 4, 2


def write_tiny_base(path: Path, texts: Iterable[str]) -> Path:
    """One layer of random weights at `path`, with a tokenizer trained on `texts`."""
    write_base(
        path,
        config=_config(),
        weights=_weights(),
        tokenizer_json=_tokenizer(texts),
        quantisation="f32",
        name="tiny",
        chat_template=TEMPLATE,
    )
    return path


def _config() -> dict[str, Any]:
    return {
        "vocab_size": VOCABULARY,
        "hidden_size": HIDDEN,
        "intermediate_size": INNER,
        "num_hidden_layers": 1,
        "num_attention_heads": HEADS,
        "num_key_value_heads": KEY_HEADS,
        "max_position_embeddings": CONTEXT,
        "rms_norm_eps": 1e-5,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0},
        "tie_word_embeddings": True,
    }


def _weights() -> dict[str, Array]:
    random = np.random.default_rng(0)
    keys = HIDDEN * KEY_HEADS // HEADS
    shapes = [(HIDDEN, HIDDEN), (keys, HIDDEN), (keys, HIDDEN), (HIDDEN, HIDDEN)]
    shapes += [(INNER, HIDDEN), (INNER, HIDDEN), (HIDDEN, INNER)]

    def matrix(*shape: int) -> Array:
        return random.normal(0, 0.12, shape).astype(np.float32)

    norms = ("input_layernorm", "post_attention_layernorm")
    weights = {"model.embed_tokens.weight": matrix(VOCABULARY, HIDDEN)}
    weights["model.norm.weight"] = np.ones(HIDDEN, np.float32)
    weights |= {f"model.layers.0.{norm}.weight": np.ones(HIDDEN, np.float32) for norm in norms}
    pairs = zip(PROJECTIONS, shapes, strict=True)
    return weights | {f"model.layers.0.{name}.weight": matrix(*shape) for name, shape in pairs}


def _tokenizer(texts: Iterable[str]) -> str:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[DOCUMENT_END, START, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return str(tokenizer.to_str())
