"""A random, tiny Llama with a byte-level BPE tokenizer in one GGUF, and adapters of it.

For tests: small enough to load in milliseconds, real enough to compute with.
"""

import random
from pathlib import Path
from typing import Any

import numpy as np

from microtune_adapters.chatml import DOCUMENT_END, END, START, TEMPLATE
from microtune_adapters.gguf_adapter import export_gguf
from microtune_adapters.gguf_base import Array, write_base
from microtune_adapters.gguf_inspect import inspect_base
from microtune_adapters.gguf_origin import ADAPTER_FILE
from microtune_adapters.lora_weights import PROJECTIONS, LoraWeights
from microtune_adapters.peft_format import write_peft


def tiny_base(
    path: Path,
    seed: int = 0,
    vocab: int = 512,
    hidden: int = 64,
    layers: int = 2,
    quantisation: str = "f32",
) -> Path:
    """Write the base at `path` and return it. The same seed gives the same bytes."""
    config = tiny_config(vocab, hidden, layers)
    write_base(
        path,
        config=config,
        weights=tiny_weights(config, seed),
        tokenizer_json=tiny_tokenizer(vocab),
        quantisation=quantisation,
        name=f"tiny-{seed}",
        chat_template=TEMPLATE,
    )
    return path


def tiny_config(vocab: int = 512, hidden: int = 64, layers: int = 2) -> dict[str, Any]:
    """A `LlamaConfig` as a dict: 4 heads that share 2 key-value heads, tied embeddings."""
    return {
        "vocab_size": vocab,
        "hidden_size": hidden,
        "intermediate_size": 2 * hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 512,
        "rms_norm_eps": 1e-5,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0},
        "tie_word_embeddings": True,
    }


def tiny_weights(config: dict[str, Any], seed: int = 0) -> dict[str, Array]:
    """Weights large enough that a mistake in the layout shows in the logits."""
    generator = np.random.default_rng(seed)
    hidden = config["hidden_size"]

    def matrix(*shape: int) -> Array:
        return generator.normal(0, 0.12, shape).astype(np.float32)

    def norm() -> Array:
        return generator.uniform(0.8, 1.2, hidden).astype(np.float32)

    weights = {"model.embed_tokens.weight": matrix(config["vocab_size"], hidden)}
    for layer in range(config["num_hidden_layers"]):
        prefix = f"model.layers.{layer}"
        weights[f"{prefix}.input_layernorm.weight"] = norm()
        weights[f"{prefix}.post_attention_layernorm.weight"] = norm()
        for name, shape in projection_shapes(config).items():
            weights[f"{prefix}.{name}.weight"] = matrix(*shape)
    weights["model.norm.weight"] = norm()
    return weights


def projection_shapes(config: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """[out, in] of every projection of a layer."""
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    keys = hidden * config["num_key_value_heads"] // config["num_attention_heads"]
    shapes = [(hidden, hidden), (keys, hidden), (keys, hidden), (hidden, hidden)]
    shapes += [(inner, hidden), (inner, hidden), (hidden, inner)]
    return dict(zip(PROJECTIONS, shapes, strict=True))


def tiny_lora(seed: int = 0, rank: int = 4, alpha: float = 8.0) -> LoraWeights:
    """A random adapter of every projection of `tiny_base`, strong enough to change its answers."""
    generator = np.random.default_rng(1000 + seed)
    config = tiny_config()
    modules = {
        f"model.layers.{layer}.{name}": (
            generator.normal(0, 0.15, (rank, inputs)).astype(np.float32),
            generator.normal(0, 0.15, (outputs, rank)).astype(np.float32),
        )
        for layer in range(config["num_hidden_layers"])
        for name, (outputs, inputs) in projection_shapes(config).items()
    }
    return LoraWeights(rank, alpha, alpha / rank, modules)


def tiny_adapter(folder: Path, base: Path, seed: int = 0) -> Path:
    """A PEFT folder with `tiny_lora(seed)` and its GGUF for `base`, as a training run leaves it."""
    write_peft(folder, tiny_lora(seed), "tiny")
    export_gguf(folder, inspect_base(base), folder / ADAPTER_FILE)
    return folder


def tiny_tokenizer(vocab: int = 512) -> str:
    """The text of a `tokenizer.json` trained on a few invented sentences."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab,
        special_tokens=[DOCUMENT_END, START, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(sentences(), trainer)
    return str(tokenizer.to_str())


def sentences(count: int = 1000) -> list[str]:
    """Invented sentences, the same every time."""
    choose = random.Random(0).choice
    names = ("Ada", "Bo", "Cy", "Dora", "Émile")
    things = ("the tea", "a boat", "12 lamps", "the river's edge", "some bread", "an old letter")
    verbs = ("carried", "forgot", "didn't want", "wrote about", "asked for")
    return [
        f"{choose(names)} {choose(verbs)} {choose(things)}, and {choose(names)} said: "
        f"“{choose(verbs)} {choose(things)}?”\n\n"
        for _ in range(count)
    ]
