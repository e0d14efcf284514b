"""The Library room: which adapters there are, and what one does with them."""

from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Button, Input, OptionList, Static

from microtune_tui.rooms.library import Library
from microtune_tui.wiring import Wiring
from tests.tui.care_homes import with_earlier_adapter
from tests.tui.homes import with_adapter
from tests.tui.steps import assistant, ready, scripted, status, until


async def enter(pilot: Pilot[None]) -> Library:
    await ready(pilot)
    await pilot.press("f9")
    await until(pilot, lambda: bool(listed(pilot) or said(pilot, "#remarks")))
    room = assistant(pilot).rooms["library"]
    assert isinstance(room, Library)
    return room


def said(pilot: Pilot[None], where: str) -> str:
    return "\n".join(str(line.content) for line in pilot.app.screen.query(where).results(Static))


def listed(pilot: Pilot[None]) -> list[str]:
    adapters = assistant(pilot).rooms["library"].query_one("#adapters", OptionList)
    return [str(option.prompt) for option in adapters.options]


async def choose(pilot: Pilot[None], button: str) -> None:
    await until(pilot, lambda: bool(pilot.app.screen.query(f"#{button}")))
    pilot.app.screen.query_one(f"#{button}", Button).focus()
    await pilot.press("enter")
    await until(pilot, lambda: len(pilot.app.screen_stack) == 1)


async def type_line(pilot: Pilot[None], text: str) -> None:
    await until(pilot, lambda: bool(pilot.app.screen.query("#line")))
    pilot.app.screen.query_one("#line", Input).value = text
    await pilot.press("enter")


def active(wiring: Wiring) -> str:
    card = wiring.library.active()
    return card.id if card else ""


async def test_they_are_listed_with_their_figures_the_newest_first(
    no_adapter: Wiring, base_file: Path, tmp_path: Path
) -> None:
    with_earlier_adapter(no_adapter, tmp_path, base_file)
    with_adapter(no_adapter, tmp_path, base_file)
    async with scripted(no_adapter).run_test() as pilot:
        await enter(pilot)
        first, second = listed(pilot)
        assert "● 2026-11-01  active" in first
        assert "2.051 bits per byte" in first
        assert "○ 2026-10-12  retired" in second
        assert "150 documents · for tiny · passed" in second
        assert "2.412" in said(pilot, "#figures")
        await pilot.press("down")
        assert "2.462" in said(pilot, "#figures")
        assert "2026-10-12: promoted" in said(pilot, "#remarks")


async def test_another_one_is_used_from_now_on(
    no_adapter: Wiring, base_file: Path, tmp_path: Path
) -> None:
    earlier = with_earlier_adapter(no_adapter, tmp_path, base_file)
    newer = with_adapter(no_adapter, tmp_path, base_file)
    async with scripted(no_adapter).run_test() as pilot:
        room = await enter(pilot)
        assert room.check_action("use", ()) is None  # it is in use
        await pilot.press("down", "enter")
        await until(pilot, lambda: "the adapter of 2026-10-12 from now on" in status(pilot))
        assert active(no_adapter) == earlier
        await until(pilot, lambda: "2026-10-12" in str(assistant(pilot).situation))
        await pilot.press("b")
        await choose(pilot, "yes")
        await until(pilot, lambda: status(pilot) == "The adapter of 2026-11-01 serves again.")
        assert active(no_adapter) == newer


async def test_a_click_looks_and_another_one_uses(
    no_adapter: Wiring, base_file: Path, tmp_path: Path
) -> None:
    earlier = with_earlier_adapter(no_adapter, tmp_path, base_file)
    newer = with_adapter(no_adapter, tmp_path, base_file)
    async with scripted(no_adapter).run_test() as pilot:
        await enter(pilot)
        await pilot.click("#adapters", offset=(4, 2))
        await until(pilot, lambda: "2.462" in said(pilot, "#figures"))
        await pilot.pause()
        assert active(no_adapter) == newer
        await pilot.click("#adapters", offset=(4, 2))
        await until(pilot, lambda: active(no_adapter) == earlier)


async def test_one_is_written_to_a_file_and_taken_in_again(trained: Wiring, tmp_path: Path) -> None:
    file, id = tmp_path / "mine.zip", active(trained)
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        await pilot.press("e")
        await until(pilot, lambda: bool(pilot.app.screen.query("#line")))
        assert pilot.app.screen.query_one("#line", Input).value == "microtune-2026-11-01.zip"
        await type_line(pilot, str(file))
        await until(pilot, lambda: status(pilot) == f"Wrote {file}.")
        await pilot.press("e")
        await type_line(pilot, str(file))
        await until(pilot, lambda: "exists already" in status(pilot))
        await pilot.press("b")
        await choose(pilot, "yes")
        await until(pilot, lambda: status(pilot) == "The bare base serves again.")
        await pilot.press("d")
        await choose(pilot, "no")
        assert len(listed(pilot)) == 1
        await pilot.press("d")
        await choose(pilot, "yes")
        await until(pilot, lambda: listed(pilot) == [])
        assert "Training (F8)" in said(pilot, "#no-adapters")
        await pilot.press("i")
        await type_line(pilot, str(file))
        await until(pilot, lambda: status(pilot) == f"Took in {id}. U makes drafts with it.")
        await until(pilot, lambda: len(listed(pilot)) == 1)
        assert "candidate" in listed(pilot)[0]
    with trained.store() as store:
        events = [line.event for line in store.ledger.lines()]
    assert events[-4:] == ["exported", "rolled back", "removed", "imported"]


async def test_a_file_that_is_none_costs_one_line(trained: Wiring, tmp_path: Path) -> None:
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        await pilot.press("i")
        await type_line(pilot, str(tmp_path / "none.zip"))
        await until(pilot, lambda: "none.zip" in status(pilot))
        assert pilot.app.screen.status.has_class("-trouble")  # type: ignore[attr-defined]


async def test_one_of_another_base_is_not_used(misfit: Wiring) -> None:
    async with scripted(misfit).run_test() as pilot:
        await enter(pilot)
        assert "for tiny" in listed(pilot)[0]
        await pilot.press("b")
        await choose(pilot, "yes")
        await until(pilot, lambda: status(pilot) == "The bare base serves again.")
        await pilot.press("u")
        await until(pilot, lambda: "was trained for another base than" in status(pilot))


async def test_an_empty_library_says_how_to_fill_it(no_adapter: Wiring) -> None:
    async with scripted(no_adapter).run_test() as pilot:
        room = await enter(pilot)
        await until(pilot, lambda: room.has_class("-empty"))
        assert "Train one in Training (F8)" in said(pilot, "#no-adapters")
        for action in ("use", "roll_back", "export", "remove"):
            assert room.check_action(action, ()) is None
