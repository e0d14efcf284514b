"""The Settings room: base, download, times, the daemon's service, and the looks of the screen."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input, OptionList, Static

from microtune.daemon.settings import DaemonSettings
from microtune.settings import Settings as ChosenBase
from microtune_adapters import bases
from microtune_adapters.downloaded import Shelf
from microtune_tui.daemon_orders import service_of
from microtune_tui.looks import CONTRAST, LIGHT
from microtune_tui.preferences import Preferences
from microtune_tui.rooms.settings import Settings
from microtune_tui.widgets.slider import Slider
from microtune_tui.widgets.toggle import Toggle
from microtune_tui.wiring import Wiring
from tests import loopback_hub
from tests.loopback_hub import NAME, PIECE, STORED, Hub
from tests.tui.steps import assistant, ready, scripted, status, until


@pytest.fixture(autouse=True)
def tiny_pocket(base_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pocket that is quick to hash."""
    pocket = tmp_path / "pocket.gguf"
    content = bytearray(base_file.read_bytes())
    content[-10] ^= 1
    pocket.write_bytes(content)
    pocket.with_suffix(".sha256").write_text(bases.inspect_base(pocket).sha256)
    monkeypatch.setattr(bases, "pocket_path", lambda: pocket)
    return pocket


@pytest.fixture
def hub(base_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with loopback_hub.running(base_file.read_bytes()) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        yield running


async def enter(pilot: Pilot[None]) -> Settings:
    await ready(pilot)
    await pilot.press("f12")
    await until(pilot, lambda: bool(listed(pilot)))
    room = assistant(pilot).rooms["settings"]
    assert isinstance(room, Settings)
    return room


def listed(pilot: Pilot[None]) -> list[str]:
    room = assistant(pilot).rooms["settings"]
    return [str(option.prompt) for option in room.query_one("#bases", OptionList).options]


def said(pilot: Pilot[None], where: str) -> str:
    return "\n".join(str(line.content) for line in pilot.app.screen.query(where).results(Static))


async def choose(pilot: Pilot[None], button: str) -> None:
    await until(pilot, lambda: bool(pilot.app.screen.query(f"#{button}")))
    pilot.app.screen.query_one(f"#{button}", Button).focus()
    await pilot.press("enter")
    await until(pilot, lambda: len(pilot.app.screen_stack) == 1)


async def type_line(pilot: Pilot[None], text: str) -> None:
    await until(pilot, lambda: bool(pilot.app.screen.query("#line")))
    pilot.app.screen.query_one("#line", Input).value = text
    await pilot.press("enter")


async def test_the_bases_are_listed_with_what_they_are(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        first, *others = listed(pilot)
        assert first.startswith("○ pocket  7 MB, comes with microtune")
        assert any("to download" in line for line in others)
        assert others[-1] == "● tiny  a file of yours  (in use)"
        assert "Runs anywhere" in said(pilot, "#about")
        await pilot.press("down")
        assert "Licence: " in said(pilot, "#about")


def base_of(wiring: Wiring) -> str:
    """Where the base lies that is in use."""
    chosen = ChosenBase.load(wiring.home)
    assert chosen is not None
    return chosen.base_path


async def test_another_base_is_used_once_it_is_chosen(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: base_of(trained) == "pocket")
        await until(pilot, lambda: "(in use" in listed(pilot)[0])
        await until(pilot, lambda: "Run `microtune train`" in status(pilot))  # the adapter fits not


async def test_a_file_of_ones_own_is_verified_and_used(
    trained: Wiring, other_base_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.gguf").write_text("no model")
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        await pilot.press("o")
        await type_line(pilot, str(tmp_path / "bad.gguf"))
        await until(pilot, lambda: "bad.gguf" in status(pilot) and "Verifying" not in status(pilot))
        await pilot.press("o")
        await type_line(pilot, str(other_base_file))
        await until(pilot, lambda: base_of(trained) == str(other_base_file))


async def test_a_base_is_downloaded_with_progress_then_used(trained: Wiring, hub: Hub) -> None:
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        await pilot.press("o")
        await type_line(pilot, NAME)
        await until(pilot, lambda: f"{STORED} is here. Enter" in said(pilot, "#download"))
        await until(pilot, lambda: any("tiny.gguf" in line for line in listed(pilot)))
        at = next(n for n, line in enumerate(listed(pilot)) if "tiny.gguf" in line)
        room = assistant(pilot).rooms["settings"]
        room.query_one("#bases", OptionList).highlighted = at
        await pilot.press("enter")
        await until(pilot, lambda: base_of(trained).endswith(f"{STORED}.gguf"))


async def test_a_download_is_stopped_and_what_came_is_kept(trained: Wiring, hub: Hub) -> None:
    hub.held_at = 10 * PIECE
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        await pilot.press("o")
        await type_line(pilot, NAME)
        await until(pilot, lambda: "X stops it" in said(pilot, "#download"))
        await pilot.press("x")
        await until(pilot, lambda: status(pilot) == "Stopped. What came is kept.")
        await until(pilot, lambda: "goes on from there" in said(pilot, "#download"))


async def test_a_download_is_agreed_to_first(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: bool(pilot.app.screen.query("#yes")))
        shown = said(pilot, ".said Static")
        assert "huggingface.co" in shown
        assert "Licence" in shown
        await choose(pilot, "no")
        assert Shelf(trained.home.bases).all() == []


async def test_times_hold_once_they_are_typed(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        room = await enter(pilot)
        room.query_one("#quiet_hours", Input).focus()
        await pilot.press(*"09:00-17:00", "enter")
        await until(pilot, lambda: status(pilot) == "Never between: changed.")
        minutes = room.query_one("#minutes", Input)
        minutes.focus()
        minutes.value = "20"
        await pilot.press("tab")  # leaving the field is enough
        await until(pilot, lambda: status(pilot) == "Minutes that a run may take: changed.")
        battery = room.query_one("#battery_percent", Input)
        battery.focus()
        battery.value = "much"
        await pilot.press("enter")
        await until(pilot, lambda: "On battery above % cannot be 'much'" in status(pilot))
    kept = DaemonSettings.load(trained.home)
    assert (kept.quiet_hours, kept.minutes, kept.battery_percent) == ("09:00-17:00", 20.0, 80)


async def test_the_service_is_shown_installed_and_taken_away(trained: Wiring) -> None:
    service = service_of(trained.home)
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        await pilot.press("s")
        await until(pilot, lambda: bool(pilot.app.screen.query("#yes")))
        assert "ExecStart=" in said(pilot, ".said Static")
        await choose(pilot, "no")
        assert not service.path.exists()
        await pilot.press("s")
        await choose(pilot, "yes")
        await until(pilot, service.path.exists)
        await until(pilot, lambda: "whenever you log in" in said(pilot, "#service"))
        await pilot.press("s")
        await choose(pilot, "yes")
        await until(pilot, lambda: status(pilot) == "It is gone.")
        assert not service.path.exists()


async def test_looks_and_choices_hold_at_once_and_stay(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        room = await enter(pilot)
        room.query_one("#theme", Slider).focus()
        await pilot.press("right")
        assert pilot.app.theme == LIGHT.name
        await pilot.press("right")
        assert pilot.app.theme == CONTRAST.name
        room.query_one("#keep_edits", Toggle).focus()
        await pilot.press("space")
        assert not assistant(pilot).keeps_edits
        await pilot.click("#suggestions")
        await pilot.pause()
    kept, _ = Preferences.load(trained.home)
    assert kept == Preferences(CONTRAST.name, keep_edits=False, suggestions=False)
