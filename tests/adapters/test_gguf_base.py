"""A written base loads in llama.cpp and in transformers, and both compute the same."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from microtune.errors import MicrotuneError
from microtune_adapters.chatml import TEMPLATE
from microtune_adapters.gguf_base import write_base
from tests.tiny import tiny_base, tiny_config, tiny_tokenizer, tiny_weights

TEXT = "Ada  carried\n\n the 12 lamps' tea, 東京 🙂 Ünïcode <|im_end|> x"


def llama_cpp_logits(path: Path, ids: list[int]) -> np.ndarray:
    import llama_cpp

    model = llama_cpp.Llama(
        str(path), n_ctx=256, logits_all=True, verbose=False, type_k=0, type_v=0, n_threads=1
    )
    try:
        model.eval(ids)
        return np.array(model.scores[: len(ids)])
    finally:
        model.close()


def torch_logits(path: Path, ids: list[int]) -> np.ndarray:
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(
        path.parent, gguf_file=path.name, dtype=torch.float32
    )
    with torch.no_grad():
        return np.array(model.eval()(torch.tensor([ids])).logits[0].numpy())


@pytest.mark.parametrize(("quantisation", "tolerance"), [("f32", 1e-5), ("q8_0", 0.03)])
def test_llama_cpp_and_transformers_agree(
    tmp_path: Path, quantisation: str, tolerance: float
) -> None:
    """The tolerance is relative: llama.cpp rounds activations to 8 bits for a quantised base."""
    path = tiny_base(tmp_path / "base.gguf", quantisation=quantisation)
    ids = list(range(3, 120, 3))
    ours, theirs = llama_cpp_logits(path, ids), torch_logits(path, ids)
    assert np.abs(ours - theirs).mean() < tolerance * np.abs(theirs).mean()
    assert np.abs(theirs).max() > 1


def test_torch_sees_the_weights_that_were_written(tmp_path: Path) -> None:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    config = tiny_config()
    model = LlamaForCausalLM(LlamaConfig(**config))
    weights = {k: torch.from_numpy(v) for k, v in tiny_weights(config).items()}
    model.load_state_dict(weights, strict=False)
    ids = list(range(3, 60))
    with torch.no_grad():
        expected = model.eval()(torch.tensor([ids])).logits[0].numpy()
    path = tiny_base(tmp_path / "base.gguf")
    assert np.abs(torch_logits(path, ids) - expected).max() < 1e-5
    assert np.abs(llama_cpp_logits(path, ids) - expected).max() < 1e-4


def test_token_ids_are_equal_everywhere(base_file: Path) -> None:
    import llama_cpp
    from tokenizers import Tokenizer
    from transformers import AutoTokenizer

    expected = Tokenizer.from_str(tiny_tokenizer()).encode(TEXT).ids
    loaded = AutoTokenizer.from_pretrained(base_file.parent, gguf_file=base_file.name)
    assert loaded.encode(TEXT) == expected
    model = llama_cpp.Llama(str(base_file), vocab_only=True, verbose=False)
    try:
        assert model.tokenize(TEXT.encode(), add_bos=False, special=True) == expected
        assert model.detokenize(expected, special=True).decode() == TEXT
        assert model.token_eos() == Tokenizer.from_str(tiny_tokenizer()).token_to_id("<|im_end|>")
        assert model.metadata["tokenizer.chat_template"] == TEMPLATE
    finally:
        model.close()


def test_the_same_model_gives_the_same_file(tmp_path: Path) -> None:
    one, two = tiny_base(tmp_path / "one.gguf"), tiny_base(tmp_path / "two.gguf")
    assert one.read_bytes() == two.read_bytes()
    assert set(tmp_path.glob("*.gguf*")) == {one, two}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"quantisation": "q9"}, "q9"),
        ({"quantisation": "q8_0", "hidden": 40}, "divisible by 32"),
        ({"weights": {"model.layers.0.strange.weight": np.zeros((2, 2), np.float32)}}, "strange"),
        ({"rope": {"rope_type": "llama3", "rope_theta": 1e4}}, "rotary"),
        ({"tokenizer_json": '{"model": {"type": "WordPiece"}}'}, "byte-level BPE"),
    ],
)
def test_what_cannot_be_written_is_refused_and_leaves_nothing(
    tmp_path: Path, changed: dict[str, Any], message: str
) -> None:
    config = tiny_config(hidden=changed.get("hidden", 64))
    config["rope_parameters"] = changed.get("rope", config["rope_parameters"])
    with pytest.raises(MicrotuneError, match=message):
        write_base(
            tmp_path / "base.gguf",
            config=config,
            weights=changed.get("weights") or tiny_weights(config),
            tokenizer_json=changed.get("tokenizer_json") or tiny_tokenizer(),
            quantisation=changed.get("quantisation", "f32"),
            name="tiny",
            chat_template=TEMPLATE,
        )
    assert not list(tmp_path.glob("*.gguf*"))
