"""The Training room: what it shows of runs, whoever trains, and what one does there."""

import json
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from microtune.daemon.settings import DaemonSettings
from microtune.daemon.standing import is_paused
from microtune.locations import Home
from microtune.settings import Settings
from microtune_adapters.gguf_inspect import inspect_base
from microtune_tui.rooms.training import Training
from microtune_tui.widgets.charts import HistoryChart, LossChart
from microtune_tui.widgets.measurements import MeasurementsPane, bar
from microtune_tui.wiring import Wiring
from tests.adapters.writers import filled
from tests.tui.care_homes import (
    IDLE,
    fix_machine,
    run_under_way,
    with_earlier_adapter,
    with_past_run,
)
from tests.tui.homes import with_adapter
from tests.tui.steps import assistant, ready, scripted, status, until


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    fix_machine(monkeypatch)


async def enter(pilot: Pilot[None]) -> Training:
    """Go there and wait until it has looked."""
    await ready(pilot)
    await pilot.press("f8")
    await until(pilot, lambda: bool(said(pilot, "#standing")))
    room = assistant(pilot).rooms["training"]
    assert isinstance(room, Training)
    return room


def said(pilot: Pilot[None], where: str) -> str:
    return "\n".join(str(line.content) for line in pilot.app.screen.query(where).results(Static))


def drafts_with(pilot: Pilot[None]) -> str:
    """The adapter that the drafting side uses."""
    situation = assistant(pilot).situation
    return situation.adapter.id if situation and situation.adapter else ""


async def test_it_shows_the_last_run_the_figures_and_what_the_next_one_waits_for(
    trained: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_past_run(trained, monkeypatch)
    async with scripted(trained).run_test(size=(140, 45)) as pilot:
        room = await enter(pilot)
        standing = said(pilot, "#standing")
        assert "Nothing is being trained." in standing
        assert "Last run: 2026-11-02, its adapter came into use: better than" in standing
        assert "Daemon: not running." in standing
        assert "something new: 4 documents, and" in standing
        assert "processor: load 1.50 for each core (limit 0.50)" in standing
        assert room.query_one(LossChart).display
        figures = "2026-11-01 active     2.412   2.380   2.102   2.051"
        assert figures in said(pilot, "#adapters")
        kept = said(pilot, "#kept")
        assert "4 texts" in kept
        assert "41  too short" in kept


async def test_shows_the_figures_with_their_meaning(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        room = await enter(pilot)
        pane = room.query_one(MeasurementsPane)
        figures = str(pane.query_one("#figures", Static).content)
        found = [line.split(" ━")[0].split()[-1] for line in figures.splitlines()]
        assert found == ["2.412", "2.380", "2.102", "2.051"]
        assert figures.splitlines()[-1].endswith("best")
        remarks = said(pilot, "#remarks")
        assert "lower is closer" in remarks
        assert "Trained on 212 documents, 2026-11-01: promoted" in remarks


async def test_a_run_of_another_process_is_followed_and_is_not_ours_to_stop(
    trained: Wiring,
) -> None:
    async with scripted(trained).run_test() as pilot:
        with run_under_way(trained):
            room = await enter(pilot)
            await until(pilot, lambda: "in another terminal" in said(pilot, "#standing"))
            assert "learning" in said(pilot, "#standing")
            assert "40%, 0:48 left" in said(pilot, "#standing")
            assert room.query_one(LossChart).display
            assert room.check_action("train", ()) is None
            await pilot.press("x")
            assert "stop it there" in status(pilot)
        await until(pilot, lambda: "Nothing is being trained." in said(pilot, "#standing"))


async def test_trains_in_a_process_of_its_own_and_stops_without_loss(
    own_home: Path, base_file: Path, trained: Wiring
) -> None:
    filled(trained.home).close()
    DaemonSettings(minutes=5.0).save(trained.home)
    async with scripted(trained).run_test() as pilot:
        room = await enter(pilot)
        await pilot.press("t")
        assert room.check_action("train", ()) is None
        await until(pilot, lambda: "here: learning" in said(pilot, "#standing"))
        await pilot.press("x")
        await until(pilot, lambda: status(pilot).startswith("Stopped. What was learned is kept"))
        await until(pilot, lambda: "interrupted; the next run" in said(pilot, "#standing"))
    with trained.store() as store:
        assert store.runs.all()[0].state == "interrupted"


async def test_a_run_that_cannot_begin_costs_one_line(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        await pilot.press("t")
        await until(pilot, lambda: status(pilot).startswith("Training failed: "))
        assert "document" in status(pilot)


async def test_rolls_back_once_that_is_confirmed(
    no_adapter: Wiring, base_file: Path, tmp_path: Path
) -> None:
    earlier = with_earlier_adapter(no_adapter, tmp_path, base_file)
    newer = with_adapter(no_adapter, tmp_path, base_file)
    async with scripted(no_adapter).run_test() as pilot:
        room = await enter(pilot)
        assert room.query_one(HistoryChart).display
        await pilot.press("b")
        await until(pilot, lambda: len(pilot.app.screen_stack) > 1)
        shown = "\n".join(str(s.content) for s in pilot.app.screen.query(Static))
        assert "The adapter of 2026-11-01 goes out of use." in shown
        assert "The one of 2026-10-12 serves again." in shown
        await pilot.press("enter")  # the safe answer has the focus
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
        assert no_adapter.library.active().id == newer  # type: ignore[union-attr]
        await pilot.press("b")
        await until(pilot, lambda: len(pilot.app.screen_stack) > 1)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: status(pilot) == "The adapter of 2026-10-12 serves again.")
        assert no_adapter.library.active().id == earlier  # type: ignore[union-attr]
        situation = lambda: assistant(pilot).situation  # noqa: E731
        await until(
            pilot, lambda: bool((s := situation()) and s.adapter and s.adapter.id == earlier)
        )
    with no_adapter.store() as store:
        last = list(store.ledger.lines())[-1]
    assert (last.event, json.loads(last.data)) == ("rolled back", {"adapter": earlier})


async def test_the_daemon_pauses_and_goes_on(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        await pilot.press("p")
        await until(pilot, lambda: "Daemon: paused" in said(pilot, "#standing"))
        assert is_paused(trained.home)
        await pilot.press("p")
        await until(pilot, lambda: "Daemon: not running" in said(pilot, "#standing"))
        assert not is_paused(trained.home)


async def test_a_home_with_nothing_in_it_says_what_to_do_first(
    own_home: Path, base_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fix_machine(monkeypatch, IDLE)
    wiring = Wiring(Home(own_home))
    Settings("tiny", str(base_file), inspect_base(base_file).sha256).save(wiring.home)
    async with scripted(wiring).run_test() as pilot:
        await enter(pilot)
        assert "Last run: none yet." in said(pilot, "#standing")
        assert "Sources (F10)" in said(pilot, "#kept")
        assert "Sources (F10)" in said(pilot, "#remarks")
        assert "No adapters yet" in said(pilot, "#adapters")
        assert "No run has left a curve yet" in said(pilot, "#no-loss")


async def test_an_adapter_of_another_base_asks_for_training(misfit: Wiring) -> None:
    async with scripted(misfit).run_test() as pilot:
        await enter(pilot)
        assert "was trained for another base (tiny). Press T" in said(pilot, "#remarks")


def test_bars_begin_at_zero_and_go_by_halves() -> None:
    assert [bar(0), bar(0.5), bar(1)] == ["", "━" * 8, "━" * 16]
    assert bar(17 / 32) == "━" * 8 + "╸"
