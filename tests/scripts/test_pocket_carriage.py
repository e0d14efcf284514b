"""What is carried arrives as it was, or the piece that did not is named."""

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from microtune.errors import MicrotuneError
from scripts.pocket import carriage

DTYPES = st.sampled_from([np.uint16, np.uint8, np.float32, np.int16, np.float16])
ANY = DTYPES.flatmap(
    lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=0, min_side=0))
)
SMALL = 0.01  # MiB


@settings(max_examples=60)
@given(st.dictionaries(st.text(max_size=20), ANY, max_size=4))
def test_arrays_come_back_as_they_were(given: dict[str, np.ndarray]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        carriage.split(given, Path(folder), SMALL)
        joined = carriage.join(Path(folder))
    assert joined.keys() == given.keys()
    for name, array in given.items():
        assert (joined[name].dtype, joined[name].shape) == (array.dtype, array.shape)
        assert joined[name].tobytes() == array.tobytes()


@settings(max_examples=20)
@given(st.integers(0, 60_000), st.integers(1, 2**16), st.integers(0, 2**32))
def test_no_piece_is_over_the_limit(length: int, most: int, seed: int) -> None:
    """Also of values that no compression shortens."""
    array = np.random.default_rng(seed).integers(0, most, length).astype(np.uint16)
    with tempfile.TemporaryDirectory() as folder:
        *pieces, manifest = carriage.split({"a": array}, Path(folder), SMALL)
        assert manifest.name == carriage.MANIFEST
        assert all(piece.stat().st_size <= SMALL * carriage.MIB for piece in pieces)
        assert (carriage.join(Path(folder))["a"] == array).all()


@pytest.fixture
def carried(tmp_path: Path) -> list[Path]:
    array = np.random.default_rng(0).integers(0, 2**16, 20_000).astype(np.uint16)
    return carriage.split({"tokens": array}, tmp_path / "carried", SMALL)


@pytest.mark.parametrize("number", [0, 1, -2])
def test_a_damaged_or_missing_piece_is_named(carried: list[Path], number: int) -> None:
    piece = carried[number]
    content = bytearray(piece.read_bytes())
    for damaged in (content[:-1], bytes([content[0] ^ 1]) + content[1:], b""):
        piece.write_bytes(damaged)
        with pytest.raises(MicrotuneError) as caught:
            carriage.join(piece.parent)
        assert str(caught.value) == f"the piece {piece} is damaged. {carriage.AGAIN}"
    piece.unlink()
    with pytest.raises(MicrotuneError) as caught:
        carriage.join(piece.parent)
    assert f"cannot read the piece {piece}" in str(caught.value)


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"a": {}}', '{"a": 1}', '"a"'])
def test_a_manifest_that_is_none_is_named(carried: list[Path], content: str | None) -> None:
    manifest = carried[-1]
    manifest.unlink()
    if content is not None:
        manifest.write_text(content)
    with pytest.raises(MicrotuneError, match=carriage.MANIFEST):
        carriage.join(manifest.parent)


def test_a_manifest_of_another_shape_is_damaged(carried: list[Path]) -> None:
    said = json.loads(carried[-1].read_text())
    said["tokens"]["shape"] = [7]
    carried[-1].write_text(json.dumps(said))
    with pytest.raises(MicrotuneError, match="is damaged"):
        carriage.join(carried[-1].parent)


def test_a_carriage_cut_short_has_no_manifest(carried: list[Path]) -> None:
    """The earlier one's would fit none of the new pieces."""
    folder = carried[0].parent
    unreadable: Any = None
    with pytest.raises(AttributeError):
        carriage.split({"first": np.zeros(3, np.uint8), "second": unreadable}, folder, SMALL)
    with pytest.raises(MicrotuneError, match="cannot read"):
        carriage.join(folder)


def test_token_files_come_back(tmp_path: Path) -> None:
    tokens = np.arange(5000, dtype=np.uint16)
    loss = (tokens % 2).astype(np.uint8)
    np.save(tmp_path / "tokens.npy", tokens)
    np.save(tmp_path / "loss.npy", loss)
    carriage.split_tokens(tmp_path, tmp_path / "carried", SMALL)
    carriage.join_tokens(tmp_path / "carried", tmp_path / "there")
    for name, array in (("tokens", tokens), ("loss", loss)):
        there = np.load(tmp_path / "there" / f"{name}.npy")
        assert there.dtype == array.dtype
        assert (there == array).all()


@pytest.mark.parametrize(
    ("form", "error"), [("bfloat16", 2**-8), ("float16", 1e-3), ("float32", 0)]
)
def test_weights_come_back_rounded_once(form: str, error: float, tmp_path: Path) -> None:
    import torch

    generator = torch.Generator().manual_seed(0)
    weights = {f"layer.{n}": torch.randn(30, 7, generator=generator) for n in range(3)}
    carriage.split_weights(weights, tmp_path, SMALL, form)
    joined = carriage.join_weights(tmp_path)
    assert joined.keys() == weights.keys()
    for name, weight in weights.items():
        assert joined[name].dtype == torch.float32
        assert torch.equal(joined[name], weight.to(getattr(torch, form)).float())
        assert ((joined[name] - weight).abs() <= error * weight.abs()).all()


def test_a_checkpoint_comes_back_to_be_measured(tmp_path: Path) -> None:
    import torch

    saved: dict[str, Any] = {
        "model": {"norm": torch.full((5,), 1.5)},
        "optimisers": [],
        "step": 4001,
    }
    torch.save(saved, tmp_path / carriage.CHECKPOINT)
    carriage.split_checkpoint(tmp_path, tmp_path / "carried")
    assert carriage.join_checkpoint(tmp_path / "carried", tmp_path / "here") == 4001
    back = torch.load(tmp_path / "here" / carriage.CHECKPOINT)
    assert back.keys() == {"model", "step"}
    assert back["step"] == 4001
    assert torch.equal(back["model"]["norm"], saved["model"]["norm"])


def test_an_unknown_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MicrotuneError, match="as int8"):
        carriage.split_weights({}, tmp_path, SMALL, "int8")
