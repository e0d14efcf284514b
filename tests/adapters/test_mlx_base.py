"""A base's GGUF in mlx is the network that torch makes of it, and adapters leave no trace in it."""

from pathlib import Path

import numpy as np
import pytest

from microtune.contracts import Turn
from microtune.errors import MicrotuneError
from microtune_adapters.torch_base import TorchBase
from tests.adapters.families import VOCABULARY, make_family
from tests.adapters.family_logits import IDS, torch_logits
from tests.tiny import tiny_base, tiny_lora

mx = pytest.importorskip("mlx.core", reason="mlx does not load here", exc_type=ImportError)

from microtune_adapters.mlx_base import MlxBase, load_mlx_base, load_mlx_model  # noqa: E402
from microtune_adapters.mlx_lora import MlxLora  # noqa: E402


def logits(model: object) -> np.ndarray:
    return np.array(model(mx.array(IDS)))  # type: ignore[operator]


@pytest.mark.parametrize("name", ["llama", "qwen2", "qwen3"])
def test_the_logits_are_those_of_torch(name: str, tmp_path: Path) -> None:
    family = make_family(name, tmp_path)
    ours, theirs = logits(load_mlx_model(family.gguf)), torch_logits(family, None)
    assert ours.shape[-1] == VOCABULARY
    assert np.abs(ours - theirs).max() < 1e-4
    assert (ours.argmax(-1) == theirs.argmax(-1)).mean() >= 0.999


def test_chats_are_the_same_tokens_as_in_torch(mlx_base: MlxBase, torch_base: TorchBase) -> None:
    turns = [Turn("system", "Be brief."), Turn("user", "Émile asked: “12 lamps?” <|im_end|> 東京")]
    assert mlx_base.codec.prompt(turns) == torch_base.codec.prompt(turns)
    assert mlx_base.codec.answer("a\ud800b\n") == torch_base.codec.answer("a\ud800b\n")


def test_an_adapter_is_taken_out_without_a_trace(base_file: Path) -> None:
    model = load_mlx_model(base_file)
    lora, bare = MlxLora(model), logits(model)
    lora.serve([(tiny_lora(), 1.0)])
    one = logits(model)
    with lora.without():
        assert np.array_equal(logits(model), bare)
    assert np.array_equal(logits(model), one)
    lora.serve([(tiny_lora(), 1.0), (tiny_lora(1), 0.5)])
    assert np.abs(logits(model) - one).max() > 0.1
    lora.serve([(tiny_lora(), 0.0)])
    assert np.array_equal(logits(model), bare)
    lora.detach()
    assert np.array_equal(logits(model), bare)


def test_an_adapter_of_another_shape_is_refused_and_the_earlier_one_stays(
    base_file: Path, tmp_path: Path
) -> None:
    model = load_mlx_model(base_file)
    lora = MlxLora(model)
    lora.serve([(tiny_lora(), 1.0)])
    before = logits(model)
    smaller = MlxLora(load_mlx_model(tiny_base(tmp_path / "one.gguf", layers=1)))
    with pytest.raises(MicrotuneError, match=r"does not fit the base in model.layers.1"):
        smaller.serve([(tiny_lora(), 1.0)])
    wide = tiny_lora()
    wide.modules["model.layers.0.mlp.up_proj"] = wide.modules["model.layers.0.mlp.down_proj"]
    with pytest.raises(MicrotuneError, match=r"does not fit the base in model.layers.0.mlp.up"):
        lora.serve([(wide, 1.0)])
    assert np.array_equal(logits(model), before)


def test_a_base_that_went_away_gives_a_line(tmp_path: Path) -> None:
    with pytest.raises(MicrotuneError, match="cannot load"):
        load_mlx_base(tmp_path / "gone.gguf")
    with pytest.raises(MicrotuneError, match="cannot read"):
        load_mlx_model(tmp_path / "gone.gguf")


def test_a_base_that_lacks_a_weight_gives_a_line(
    base_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("microtune_adapters.mlx_base.read_weights", lambda path: iter([]))
    with pytest.raises(MicrotuneError, match=r"mlx-lm cannot take the base .* \(Missing"):
        load_mlx_model(base_file)
