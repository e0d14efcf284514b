"""Each engine keeps the contract."""

from pathlib import Path

import pytest

from microtune.contracts import Engine
from microtune_adapters.engine.llama import LlamaEngine
from microtune_adapters.engine.remote import RemoteEngine
from microtune_adapters.engine.scripted import ScriptedEngine
from microtune_adapters.gguf_inspect import inspect_base
from tests.adapters.engine_contract import EngineContract


class TestLlamaEngine(EngineContract):
    def make(self, base: Path) -> Engine:
        return LlamaEngine(base, n_ctx=256, n_threads=1)


class TestRemoteEngine(EngineContract):
    def make(self, base: Path) -> Engine:
        return RemoteEngine(base, n_ctx=256, n_threads=1)


class TestScriptedEngine(EngineContract):
    def make(self, base: Path) -> Engine:
        text = "Ada carried the tea, an old letter and twelve lamps; “Bo” said: nothing at all."
        return ScriptedEngine(text, inspect_base(base).sha256)


class TestMlxEngine(EngineContract):
    def make(self, base: Path) -> Engine:
        pytest.importorskip("mlx_lm", reason="mlx-lm does not load here", exc_type=ImportError)
        from microtune_adapters.engine.mlx import MlxEngine

        return MlxEngine(base, n_ctx=256)
