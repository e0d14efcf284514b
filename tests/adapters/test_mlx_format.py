"""What is written for mlx-lm is read back as the same adapter; what is not whole is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from microtune.errors import MicrotuneError
from microtune_adapters.lora_weights import KNOWN, LoraWeights
from microtune_adapters.mlx_format import CONFIG, WEIGHTS, read_mlx, write_mlx
from tests.adapters.lora_draws import adapters
from tests.tiny import tiny_lora

Tensors = dict[str, np.ndarray]
QUERY = "model.layers.0.self_attn.q_proj.lora_{}"


@settings(max_examples=60, deadline=None)
@given(adapters(KNOWN, st.integers(1, 5)), st.booleans())
def test_what_is_written_is_read_back(made: tuple[LoraWeights, int], known: bool) -> None:
    weights, layers = made
    with TemporaryDirectory() as folder:
        write_mlx(Path(folder), weights, layers)
        read = read_mlx(Path(folder), layers if known else None)
    assert read.sha256 == weights.sha256
    assert (read.rank, read.alpha, read.scale) == (weights.rank, weights.alpha, weights.scale)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_mlx(tmp_path / "adapter", tiny_lora(), layers=2)
    return tmp_path / "adapter"


def change_config(folder: Path, **changes: Any) -> None:
    config = json.loads((folder / CONFIG).read_text())
    parameters = {**config["lora_parameters"], **changes.pop("parameters", {})}
    changed = {**config, "lora_parameters": parameters, **changes}
    (folder / CONFIG).write_text(json.dumps(changed))


def change_tensors(folder: Path, change: Callable[[Tensors], object]) -> None:
    tensors = load_file(folder / WEIGHTS)
    change(tensors)
    save_file(tensors, folder / WEIGHTS)


def test_the_same_adapter_gives_the_same_files(folder: Path, tmp_path: Path) -> None:
    write_mlx(tmp_path / "again", tiny_lora(), layers=2)
    for name in (CONFIG, WEIGHTS):
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_layers_that_are_left_out_are_filled_in_with_nothing(tmp_path: Path) -> None:
    whole = tiny_lora()
    first = {name: pair for name, pair in whole.modules.items() if ".0." in name}
    write_mlx(tmp_path, LoraWeights(whole.rank, whole.alpha, whole.scale, first), layers=3)
    read = read_mlx(tmp_path, layers=3)
    assert read.layers == [0, 1, 2]
    for name, (_, b) in read.modules.items():
        assert b.any() == (name in first)


def test_a_configuration_without_keys_means_what_is_there(folder: Path) -> None:
    config = json.loads((folder / CONFIG).read_text())
    del config["lora_parameters"]["keys"]
    (folder / CONFIG).write_text(json.dumps(config))
    assert read_mlx(folder, layers=2).sha256 == tiny_lora().sha256
    change_tensors(folder, lambda t: (t.pop(QUERY.format("a")), t.pop(QUERY.format("b"))))
    with pytest.raises(MicrotuneError, match=r"incomplete: model\.layers\.0\.self_attn\.q_proj"):
        read_mlx(folder)


@pytest.mark.parametrize("everything", [-1, 0, 16])
def test_any_number_of_layers_that_covers_the_base_will_do(folder: Path, everything: int) -> None:
    change_config(folder, num_layers=everything)
    assert read_mlx(folder, layers=2).layers == [0, 1]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"fine_tune_type": "dora"}, "is no LoRA"),
        ({"fine_tune_type": "full"}, "is no LoRA"),
        ({"lora_parameters": None}, "lora_parameters"),
        ({"num_layers": "all"}, "num_layers 'all'"),
        ({"num_layers": 1}, r"incomplete: model\.layers\.0"),
        ({"parameters": {"rank": 0}}, "rank 0"),
        ({"parameters": {"rank": 8}}, "another rank than 8"),
        ({"parameters": {"scale": float("inf")}}, "scale inf"),
        ({"parameters": {"scale": 0}}, "scale 0"),
        ({"parameters": {"keys": "q_proj"}}, "does not list its keys"),
        ({"parameters": {"keys": ["mlp.router"]}}, r"key 'mlp\.router'"),
        ({"parameters": {"keys": ["self_attn.q_proj"]}}, "incomplete"),
    ],
)
def test_other_configurations_are_refused(
    folder: Path, changes: dict[str, Any], message: str
) -> None:
    change_config(folder, **changes)
    with pytest.raises(MicrotuneError, match=message) as caught:
        read_mlx(folder)
    assert str(folder) in str(caught.value)


def zero_every_b(tensors: Tensors) -> None:
    for key in tensors:
        if key.endswith("lora_b"):
            tensors[key] = np.zeros_like(tensors[key])


def set_infinite(tensors: Tensors) -> None:
    tensors[QUERY.format("b")][1, 3] = np.inf


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (zero_every_b, "training changed nothing"),
        (set_infinite, r"not finite in model\.layers\.0\.self_attn\.q_proj"),
        (dict.clear, "incomplete"),
        (lambda t: t.pop(QUERY.format("a")), "lacks half"),
        (lambda t: t.update({"model.embed_tokens.lora_a": np.ones((2, 2))}), "does not know"),
        (lambda t: t.update({QUERY.format("m"): np.ones((2, 2))}), "does not know"),
        (lambda t: t.update({QUERY.format("a"): np.ones((64, 4), np.int32)}), "int32"),
        (lambda t: t.update({QUERY.format("a"): np.ones((4, 64), np.float32)}), "another rank"),
    ],
)
def test_other_tensors_are_refused(
    folder: Path, change: Callable[[Tensors], object], message: str
) -> None:
    change_tensors(folder, change)
    with pytest.raises(MicrotuneError, match=message):
        read_mlx(folder)


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS])
@pytest.mark.parametrize("content", [None, b"", b"garbage", b"[" * 100_000, b"\xff" * 64])
def test_unreadable_files_are_refused(folder: Path, name: str, content: bytes | None) -> None:
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    with pytest.raises(MicrotuneError, match=f"no readable {name}"):
        read_mlx(folder)
