"""Bases that the adapter tests share; written once per session."""

from pathlib import Path

import pytest

from tests.tiny import tiny_base


@pytest.fixture(scope="session")
def base_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny base, float32."""
    return tiny_base(tmp_path_factory.mktemp("base") / "tiny.gguf")


@pytest.fixture(scope="session")
def other_base_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another tiny base of the same shape."""
    return tiny_base(tmp_path_factory.mktemp("other") / "other.gguf", seed=1)
