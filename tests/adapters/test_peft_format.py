"""Only an adapter that is plain, finite and complete is read; PEFT reads what is written."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from microtune.errors import MicrotuneError
from microtune_adapters.peft_format import CONFIG, WEIGHTS, read_peft, write_peft
from tests.tiny import tiny_config, tiny_lora

# peft 0.21 asks transformers 5 for a property by its old name
pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")

Tensors = dict[str, np.ndarray]
QUERY = "base_model.model.model.layers.0.self_attn.q_proj.lora_{}.weight"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_peft(tmp_path / "adapter", tiny_lora(), "tiny")
    return tmp_path / "adapter"


def change_config(folder: Path, **changes: Any) -> None:
    config = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps({**config, **changes}))


def change_tensors(folder: Path, change: Callable[[Tensors], object]) -> None:
    tensors = load_file(folder / WEIGHTS)
    change(tensors)
    save_file(tensors, folder / WEIGHTS)


def test_reads_what_was_written(folder: Path) -> None:
    read, written = read_peft(folder, layers=2), tiny_lora()
    assert (read.rank, read.alpha, read.scale) == (written.rank, written.alpha, written.scale)
    assert read.modules.keys() == written.modules.keys()
    for name, pair in written.modules.items():
        assert all(np.array_equal(x, y) for x, y in zip(read.modules[name], pair, strict=True))
    assert read.sha256 == written.sha256
    assert read.layers == [0, 1]
    assert len(read.projections) == 7


def test_the_same_adapter_gives_the_same_files(folder: Path, tmp_path: Path) -> None:
    reordered = replace(tiny_lora(), modules=dict(reversed(tiny_lora().modules.items())))
    write_peft(tmp_path / "again", reordered, "tiny")
    for name in (CONFIG, WEIGHTS):
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_the_hash_is_of_what_it_computes(folder: Path) -> None:
    before = read_peft(folder).sha256
    targets = json.loads((folder / CONFIG).read_text())["target_modules"]
    change_config(folder, target_modules=targets[::-1], base_model_name_or_path="elsewhere")
    assert read_peft(folder).sha256 == before
    change_config(folder, lora_alpha=9)
    assert read_peft(folder).sha256 != before
    assert tiny_lora(1).sha256 != tiny_lora(0).sha256


def test_reads_what_peft_saves(tmp_path: Path) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LoraConfig(r=4, lora_alpha=16, target_modules=["q_proj", "down_proj"], use_rslora=True)
    model = get_peft_model(LlamaForCausalLM(LlamaConfig(**tiny_config())), config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.normal_()
    model.save_pretrained(tmp_path)
    read = read_peft(tmp_path, layers=2)
    assert read.scale == pytest.approx(8.0)
    assert read.projections == ["mlp.down_proj", "self_attn.q_proj"]


def test_weights_in_bfloat16_are_read_as_they_are(folder: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    rounded = {key: tensor.bfloat16() for key, tensor in load_file(folder / WEIGHTS).items()}
    save_file(rounded, folder / WEIGHTS)
    query = read_peft(folder).modules["model.layers.0.self_attn.q_proj"]
    assert torch.equal(torch.from_numpy(query[0]), rounded[QUERY.format("A")].float())
    assert torch.equal(torch.from_numpy(query[1]), rounded[QUERY.format("B")].float())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"peft_type": "LOHA"}, "is no LoRA"),
        ({"use_dora": True}, r"no plain LoRA \(use_dora\)"),
        ({"rank_pattern": {"q_proj": 2}, "bias": "all"}, r"\(rank_pattern, bias\)"),
        ({"modules_to_save": ["lm_head"]}, "modules_to_save"),
        ({"init_lora_weights": "pissa"}, "init_lora_weights"),
        ({"init_lora_weights": [1]}, "init_lora_weights"),
        ({"r": 0}, "rank 0"),
        ({"r": True}, "rank True"),
        ({"r": 8}, "another rank than 8"),
        ({"lora_alpha": float("nan")}, "alpha nan"),
        ({"lora_alpha": "16"}, "alpha '16'"),
        ({"target_modules": "all-linear"}, "does not list"),
        ({"target_modules": ["q_proj", "embed_tokens"]}, "targets 'embed_tokens'"),
        ({"target_modules": ["q_proj"]}, "incomplete"),
        ({"layers_to_transform": [0, 1, 2]}, r"incomplete: model\.layers\.2"),
        ({"layers_to_transform": [0]}, r"incomplete: model\.layers\.1"),
        ({"layers_to_transform": ["a"]}, "incomplete"),
        ({"layers_to_transform": 3.5}, "incomplete"),
    ],
)
def test_other_configurations_are_refused(
    folder: Path, changes: dict[str, Any], message: str
) -> None:
    change_config(folder, **changes)
    with pytest.raises(MicrotuneError, match=message) as caught:
        read_peft(folder)
    assert str(folder) in str(caught.value)


def zero_every_b(tensors: Tensors) -> None:
    for key in tensors:
        if "lora_B" in key:
            tensors[key] = np.zeros_like(tensors[key])


def set_nan(tensors: Tensors) -> None:
    tensors[QUERY.format("B")][3, 1] = np.nan


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (zero_every_b, "training changed nothing"),
        (set_nan, r"not finite in model\.layers\.0\.self_attn\.q_proj"),
        (dict.clear, "incomplete"),
        (lambda t: t.pop(QUERY.format("A")), "lacks half"),
        (lambda t: (t.pop(QUERY.format("A")), t.pop(QUERY.format("B"))), "incomplete"),
        (lambda t: t.update(evil=np.ones(2, np.float32)), "changes 'evil'"),
        (lambda t: t.update({QUERY.format("A"): np.ones((4, 64), np.int32)}), "int32"),
        (lambda t: t.update({QUERY.format("A"): np.ones(4, np.float32)}), "shape"),
    ],
)
def test_other_tensors_are_refused(
    folder: Path, change: Callable[[Tensors], object], message: str
) -> None:
    change_tensors(folder, change)
    with pytest.raises(MicrotuneError, match=message):
        read_peft(folder)


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS])
@pytest.mark.parametrize("content", [None, b"", b"garbage", b"[" * 100_000, b"\xff" * 64])
def test_unreadable_files_are_refused(folder: Path, name: str, content: bytes | None) -> None:
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    with pytest.raises(MicrotuneError, match=f"no readable {name}"):
        read_peft(folder)


def test_a_partial_adapter_of_a_known_base_is_refused(folder: Path) -> None:
    change_config(folder, layers_to_transform=None)
    read_peft(folder, layers=2)
    with pytest.raises(MicrotuneError, match=r"incomplete: model\.layers\.2"):
        read_peft(folder, layers=3)
