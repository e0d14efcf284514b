"""The assistant where something is missing or breaks: one line, and the next attempt works."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from microtune.errors import MicrotuneError
from microtune.settings import Settings
from microtune_adapters import bases
from microtune_adapters.gguf_inspect import inspect_base
from microtune_tui.app import make_app
from microtune_tui.widgets.measurements import bar
from microtune_tui.wiring import Wiring
from tests.tui.homes import with_adapter
from tests.tui.steps import (
    BASE,
    OWN,
    TwoVoices,
    drafted,
    drafts,
    ready,
    scripted,
    status,
    until,
    write,
)


async def test_without_an_adapter_it_drafts_with_the_base_and_says_how_to_train(
    no_adapter: Wiring,
) -> None:
    async with scripted(no_adapter).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        await drafted(pilot)
        await pilot.press("ctrl+t")  # there is nothing to switch to
        assert drafts(pilot).front.text == BASE


async def test_an_adapter_trained_meanwhile_is_found(
    no_adapter: Wiring, base_file: Path, tmp_path: Path
) -> None:
    async with scripted(no_adapter).run_test() as pilot:
        await ready(pilot)
        with_adapter(no_adapter, tmp_path, base_file)
        await write(pilot)
        await drafted(pilot)
        await drafted(pilot, "ctrl+t")
        assert drafts(pilot).front.text == OWN


async def test_an_adapter_of_another_base_costs_one_clear_line(misfit: Wiring) -> None:
    async with scripted(misfit).run_test() as pilot:
        await ready(pilot)
        assert "was trained for another base (tiny) than other" in status(pilot)
        await write(pilot)
        await drafted(pilot)
        assert drafts(pilot).front.text == BASE


async def test_a_pocket_that_was_renewed_asks_for_training_and_drafts_meanwhile(
    trained: Wiring, base_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bytearray(base_file.read_bytes())
    content[-10] ^= 1
    pocket = tmp_path / "pocket.gguf"
    pocket.write_bytes(content)
    shipped = inspect_base(pocket).sha256
    pocket.with_suffix(".sha256").write_text(shipped)
    monkeypatch.setattr(bases, "pocket_path", lambda: pocket)
    Settings("tiny", "pocket", inspect_base(base_file).sha256).save(trained.home)
    async with scripted(trained).run_test() as pilot:
        await ready(pilot)
        assert "Run `microtune train`" in status(pilot)
        await write(pilot)
        await drafted(pilot)
        assert drafts(pilot).front.text == BASE
    chosen = Settings.load(trained.home)
    assert chosen is not None
    assert chosen.base_sha256 == shipped


async def test_a_base_that_cannot_be_opened_is_tried_again(trained: Wiring) -> None:
    failures = [MicrotuneError("the base is gone", "Run `microtune init`.")]

    def opening() -> TwoVoices:
        if failures:
            raise failures.pop()
        return TwoVoices(trained)

    async with make_app(trained, opening).run_test() as pilot:
        await until(pilot, lambda: status(pilot) == "The base is gone. Run `microtune init`.")
        await write(pilot)
        await drafted(pilot)
        assert drafts(pilot).front.text == OWN


async def test_a_bug_costs_one_line_too(trained: Wiring) -> None:
    engine = TwoVoices(trained)
    engine._answer = [].pop  # type: ignore[assignment]
    async with scripted(trained, engine).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        await drafted(pilot)
        assert status(pilot).startswith("Something unexpected happened (")
        engine._answer = "It works."
        await drafted(pilot)
        assert drafts(pilot).front.text == "It works."


async def test_the_whole_way_with_a_real_engine_that_dies_and_comes_back(trained: Wiring) -> None:
    async with make_app(trained).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        await drafted(pilot)
        panes = drafts(pilot)
        own = panes.front.text
        assert own
        for child in psutil.Process().children():
            if any("engine.worker" in word for word in child.cmdline()):
                child.kill()
                child.wait()
        await drafted(pilot, "ctrl+t")
        assert "engine stopped" in status(pilot)
        await drafted(pilot, "enter")
        assert panes.pane("base").text not in ("", own)
        assert panes.pane("own").text == own


def test_importing_the_screen_loads_no_model_library(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import sys, microtune_tui.app\n"
        "print([m for m in ('torch', 'llama_cpp', 'transformers') if m in sys.modules])"
    )
    monkeypatch.setenv("PYTHONPATH", ":".join(sys.path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_bars_begin_at_zero_and_go_by_halves() -> None:
    assert [bar(0), bar(0.5), bar(1)] == ["", "━" * 8, "━" * 16]
    assert bar(17 / 32) == "━" * 8 + "╸"
