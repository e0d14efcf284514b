"""Bases that the adapter tests share; written once per session."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from microtune.locations import Home
from microtune_adapters.engine.native import NativeModel
from microtune_adapters.torch_base import TorchBase, load_torch_base
from microtune_adapters.torch_trainer import TorchTrainer
from tests.adapters.training import PACE, Training
from tests.tiny import tiny_base

if TYPE_CHECKING:
    from microtune_adapters.mlx_base import MlxBase


@pytest.fixture(scope="session")
def base_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny base, float32."""
    return tiny_base(tmp_path_factory.mktemp("base") / "tiny.gguf")


@pytest.fixture(scope="session")
def other_base_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another tiny base of the same shape."""
    return tiny_base(tmp_path_factory.mktemp("other") / "other.gguf", seed=1)


@pytest.fixture(scope="session")
def torch_base(base_file: Path) -> TorchBase:
    """The tiny base in torch. Training changes a model in place: train on a deep copy."""
    return load_torch_base(base_file)


@pytest.fixture(scope="session")
def mlx_base(base_file: Path) -> "MlxBase":
    """The tiny base in mlx. Training puts an adapter into a model: train on a deep copy."""
    pytest.importorskip("mlx_lm", reason="mlx-lm does not load here", exc_type=ImportError)
    from microtune_adapters.mlx_base import load_mlx_base

    return load_mlx_base(base_file)


@pytest.fixture(scope="session")
def native(base_file: Path) -> Iterator[NativeModel]:
    """The tiny base in llama.cpp, without an engine around it."""
    model = NativeModel(base_file, 512, 1)
    yield model
    model.close()


@pytest.fixture
def training(base_file: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Training:
    """Training in the test's home. How many steps fit into a minute is told, not timed: else a
    busy machine would train less."""
    monkeypatch.setattr(TorchTrainer, "calibrate", lambda self, rows: PACE)
    return Training(Home.find(), base_file)
