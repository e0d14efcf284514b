"""What is written as GGUF is read back as the same adapter; what others wrote, with suspicion."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import gguf
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microtune.errors import MicrotuneError
from microtune_adapters.gguf_adapter import write_gguf
from microtune_adapters.gguf_header import Tensor
from microtune_adapters.gguf_reading import read_gguf
from microtune_adapters.gguf_shape import ARCHITECTURES, NAMES, Shape, read_shape
from microtune_adapters.lora_weights import LoraWeights
from tests.adapters.lora_draws import adapters
from tests.tiny import tiny_lora

Tensors = dict[str, np.ndarray]
QUERY = "blk.0.attn_q.weight.lora_{}"


def shape_for(weights: LoraWeights, layers: int, architecture: str = "llama") -> Shape:
    """Of a base that the adapter fits, with 4 heads of which 2 are for keys and values."""
    tensors = {}
    for module, (a, b) in weights.modules.items():
        _, _, layer, projection = module.split(".", 3)
        name = f"blk.{layer}.{NAMES[projection]}.weight"
        tensors[name] = Tensor(name, (b.shape[0], a.shape[1]), "F32", 0, 0)
    return Shape("tiny", architecture, layers, 4, 2, tensors)


@settings(max_examples=60, deadline=None)
@given(
    adapters(tuple(NAMES), st.integers(1, 2).map(lambda n: 8 * n)),
    st.sampled_from([name for name, names in ARCHITECTURES.items() if names is NAMES]),
)
def test_what_is_written_is_read_back(made: tuple[LoraWeights, int], architecture: str) -> None:
    weights, layers = made
    shape = shape_for(weights, layers, architecture)
    with TemporaryDirectory() as folder:
        write_gguf(Path(folder) / "adapter.gguf", weights, shape, "0" * 64)
        read = read_gguf(Path(folder) / "adapter.gguf", shape)
    assert read.sha256 == weights.sha256
    assert read.scale == pytest.approx(weights.scale)


def whole() -> Tensors:
    """The tensors of `tiny_lora`, with llama.cpp's names; their rows are as PEFT has them."""
    tensors = {}
    for module, pair in tiny_lora().modules.items():
        _, _, layer, projection = module.split(".", 3)
        for part, array in zip("ab", pair, strict=True):
            tensors[f"blk.{layer}.{NAMES[projection]}.weight.lora_{part}"] = array
    return tensors


def foreign(
    path: Path,
    tensors: Tensors,
    architecture: str = "qwen2",
    kind: str = "adapter",
    lora: str = "lora",
    alpha: float | str | list[float] | None = 8.0,
    stored: str = "F32",
) -> Path:
    """A GGUF as llama.cpp's converter would write it, or almost."""
    writer = gguf.GGUFWriter(str(path), architecture)
    writer.add_type(kind)
    writer.add_string("adapter.type", lora)
    if isinstance(alpha, str):
        writer.add_string("adapter.lora.alpha", alpha)
    elif isinstance(alpha, list):
        writer.add_array("adapter.lora.alpha", alpha)
    elif alpha is not None:
        writer.add_float32("adapter.lora.alpha", alpha)
    quantisation = gguf.GGMLQuantizationType[stored]
    for name, tensor in tensors.items():
        kept = quantisation if tensor.shape[-1] % 32 == 0 or stored != "Q8_0" else 0
        kept = gguf.GGMLQuantizationType(kept)
        data = tensor if tensor.dtype == np.int32 else gguf.quants.quantize(tensor, kept)
        writer.add_tensor(name, data, raw_dtype=None if tensor.dtype == np.int32 else kept)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture
def shape() -> Shape:
    return shape_for(tiny_lora(), 2, "qwen2")


@pytest.mark.parametrize(("stored", "near"), [("F16", 1e-3), ("BF16", 5e-3), ("Q8_0", 1e-2)])
def test_other_ways_to_store_numbers_are_read(
    tmp_path: Path, shape: Shape, stored: str, near: float
) -> None:
    read = read_gguf(foreign(tmp_path / "adapter.gguf", whole(), stored=stored), shape)
    for name, pair in tiny_lora().modules.items():
        for ours, theirs in zip(pair, read.modules[name], strict=True):
            assert 0 < np.abs(ours - theirs).max() < near or stored == "Q8_0"
            assert np.abs(ours - theirs).max() < near


@pytest.mark.parametrize(("alpha", "scale"), [(8.0, 2.0), (0.0, 1.0), (None, 1.0)])
def test_an_alpha_of_nothing_means_a_scale_of_one(
    tmp_path: Path, shape: Shape, alpha: float | None, scale: float
) -> None:
    """As llama.cpp has it."""
    assert read_gguf(foreign(tmp_path / "a.gguf", whole(), alpha=alpha), shape).scale == scale


def zero_every_b(tensors: Tensors) -> None:
    for key in tensors:
        if key.endswith("lora_b"):
            tensors[key] = np.zeros_like(tensors[key])


def set_nan(tensors: Tensors) -> None:
    tensors[QUERY.format("b")] = np.full_like(tensors[QUERY.format("b")], np.nan)


def halve_a_rank(tensors: Tensors) -> None:
    tensors[QUERY.format("a")] = tensors[QUERY.format("a")][:2]
    tensors[QUERY.format("b")] = tensors[QUERY.format("b")][:, :2]


def pop_pair(tensors: Tensors) -> None:
    tensors.pop(QUERY.format("a"))
    tensors.pop(QUERY.format("b"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (zero_every_b, "training changed nothing"),
        (set_nan, r"not finite in model\.layers\.0\.self_attn\.q_proj"),
        (halve_a_rank, r"the ranks \[2, 4\]"),
        (pop_pair, r"incomplete: model\.layers\.0\.self_attn\.q_proj"),
        (dict.clear, "incomplete"),
        (lambda t: t.pop(QUERY.format("a")), "lacks half"),
        (lambda t: t.update({"token_embd.weight.lora_a": np.ones((4, 4), "f4")}), "does not know"),
        (lambda t: t.update({"blk.0.attn_norm.weight.lora_a": np.ones(4, "f4")}), "not know"),
        (lambda t: t.update({QUERY.format("b"): np.ones(4, "f4")}), r"shape \(4,\)"),
        (lambda t: t.update({QUERY.format("b"): np.ones((4, 4), "i4")}), "as I32"),
    ],
)
def test_other_tensors_are_refused(
    tmp_path: Path, shape: Shape, change: Callable[[Tensors], object], message: str
) -> None:
    tensors = whole()
    change(tensors)
    with pytest.raises(MicrotuneError, match=message):
        read_gguf(foreign(tmp_path / "adapter.gguf", tensors), shape)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"architecture": "llama"}, "of the llama family"),
        ({"kind": "model"}, "holds no LoRA adapter"),
        ({"lora": "control_vector"}, "holds no LoRA adapter"),
        ({"alpha": float("nan")}, "alpha nan"),
        ({"alpha": -1.0}, r"alpha -1\.0"),
        ({"alpha": "8"}, "alpha '8'"),
        ({"alpha": [8.0]}, "alpha 'a list'"),
    ],
)
def test_other_metadata_are_refused(
    tmp_path: Path, shape: Shape, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(MicrotuneError, match=message):
        read_gguf(foreign(tmp_path / "adapter.gguf", whole(), **changes), shape)


def test_rows_that_no_heads_divide_are_refused(tmp_path: Path) -> None:
    tensors = whole()
    tensors[QUERY.format("b")] = np.ones((3, 4), np.float32)
    with pytest.raises(MicrotuneError, match="does not fit the base tiny"):
        read_gguf(
            foreign(tmp_path / "adapter.gguf", tensors, architecture="llama"),
            shape_for(tiny_lora(), 2),
        )


def test_only_bases_of_known_families_have_a_shape(base_file: Path, tmp_path: Path) -> None:
    assert read_shape(base_file).architecture == "llama"
    for name in ("mamba", "llama"):  # the second is an adapter
        with pytest.raises(MicrotuneError, match="whose adapters can be converted"):
            read_shape(foreign(tmp_path / f"{name}.gguf", whole(), architecture=name))
