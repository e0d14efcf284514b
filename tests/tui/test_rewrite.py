"""Rewrite in the assistant: a text in, one's own voice out, taken change by change."""

from pathlib import Path

from textual import events
from textual.pilot import Pilot

from microtune_adapters.engine.scripted import ScriptedEngine
from microtune_tui.rooms.rewrite import NOTHING_TAKEN, Rewrite
from microtune_tui.widgets.changes import Changes, ChangesView
from microtune_tui.wiring import Wiring
from tests.tui.steps import Gated, assistant, ready, scripted, status, until

FOREIGN = (
    "Dear Bo,\n\nThank you very much for the plums, which arrived on Tuesday. We have made 14 jars."
    "\n\nKind regards"
)
OWN = "Dear Bo,\n\nThank you for the plums. They came on Tuesday. We have made 14 jars.\n\nYours"
PARTLY = FOREIGN.replace("very much ", "")


def rewriter(wiring: Wiring, said: str = OWN) -> ScriptedEngine:
    return ScriptedEngine(said, wiring.settings().base_sha256)


async def entered(pilot: Pilot[None]) -> Rewrite:
    await ready(pilot)
    await pilot.press("f4")
    await until(pilot, lambda: "rewrite" in assistant(pilot).rooms)
    room = assistant(pilot).rooms["rewrite"]
    assert isinstance(room, Rewrite)
    await until(pilot, lambda: room.given.area.has_focus)
    return room


async def rewritten(pilot: Pilot[None], text: str = FOREIGN) -> Rewrite:
    """Enter the room, put the text in and wait for the changes."""
    room = await entered(pilot)
    room.given.put(text)
    await pilot.press("ctrl+g")
    await until(pilot, lambda: room.query_one(ChangesView).has_focus)
    return room


def shown(room: Rewrite) -> str:
    """What stands above the changes."""
    changes = room.query_one(Changes)
    return f"{changes.border_title}: {changes.query_one('#remark').render()}"


async def test_changes_are_taken_one_by_one_and_copied(trained: Wiring) -> None:
    async with scripted(trained, rewriter(trained)).run_test() as pilot:
        room = await rewritten(pilot)
        assert "0 of 3 changes taken" in shown(room)
        await pilot.press("space", "n", "space", "space")
        assert "1 of 3 changes taken" in shown(room)
        await pilot.press("ctrl+o")
        assert pilot.app.clipboard == PARTLY
        assert room.drafts.front.text == PARTLY
    with trained.store() as store:
        (draft,) = store.drafts.newest()
    assert (draft.command, draft.text) == ("rewrite", OWN)


async def test_all_gives_the_rewrite_and_none_gives_nothing_to_use(trained: Wiring) -> None:
    async with scripted(trained, rewriter(trained)).run_test() as pilot:
        await rewritten(pilot)
        await pilot.press("ctrl+o")
        assert (status(pilot), pilot.app.clipboard) == (NOTHING_TAKEN, "")
        await pilot.press("a", "ctrl+o")
        assert pilot.app.clipboard == OWN
        await pilot.press("x", "ctrl+o")
        assert status(pilot) == NOTHING_TAKEN


async def test_what_was_taken_stays_when_one_goes_back_and_forth(trained: Wiring) -> None:
    async with scripted(trained, rewriter(trained)).run_test() as pilot:
        room = await rewritten(pilot)
        await pilot.press("enter", "escape")
        assert room.given.area.has_focus
        assert (room.given.text, room.drafts.front.text) == (FOREIGN, PARTLY)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: room.query_one(ChangesView).has_focus)
        assert "1 of 3 changes taken" in shown(room)


async def test_an_edited_rewrite_is_compared_as_it_was_edited(trained: Wiring) -> None:
    async with scripted(trained, rewriter(trained)).run_test() as pilot:
        room = await rewritten(pilot)
        await pilot.press("escape")
        room.drafts.front.put_changed(OWN.replace("Yours", "Yours, M."))
        await pilot.press("ctrl+n")
        await until(pilot, lambda: room.query_one(ChangesView).has_focus)
        assert "3 of 3 changes taken" in shown(room)
        await pilot.press("ctrl+o")
        assert pilot.app.clipboard.endswith("Yours, M.")


async def test_a_rewrite_that_loses_the_text_is_not_dressed_up(trained: Wiring) -> None:
    said = "The furniture was the Lord of Death, and so on."
    async with scripted(trained, rewriter(trained, said)).run_test() as pilot:
        room = await rewritten(pilot)
        assert "Little of your text is left" in shown(room)
        assert "Gone: Bo, Tuesday, 14. New: Lord, Death." in shown(room)


async def test_again_makes_another_and_shows_its_changes(trained: Wiring) -> None:
    engine = rewriter(trained)
    async with scripted(trained, engine).run_test() as pilot:
        room = await rewritten(pilot)
        engine._answer = FOREIGN
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "no change" in shown(room))
        await pilot.press("ctrl+o")
        assert pilot.app.clipboard == FOREIGN


async def test_escape_stops_and_leaves_both_texts(trained: Wiring) -> None:
    engine = Gated(trained)
    async with scripted(trained, engine).run_test() as pilot:
        room = await entered(pilot)
        room.given.put(FOREIGN)
        await pilot.press("ctrl+g")
        engine.gate.release(3)
        await until(pilot, lambda: len(room.drafts.front.text.split()) == 3)
        await pilot.press("escape")
        await until(pilot, lambda: status(pilot) == "Stopped.")
        assert room.given.text == FOREIGN
        assert not room.reviewing


async def test_a_file_is_opened_and_a_bad_one_costs_a_line(trained: Wiring, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text(FOREIGN, "utf-8")
    async with scripted(trained, rewriter(trained)).run_test() as pilot:
        room = await entered(pilot)
        for name, said in (("nowhere", "Cannot read"), ("letter.txt", "Opened")):
            await pilot.press("ctrl+f")
            await until(pilot, lambda: bool(pilot.app.screen.query("#line")))
            await pilot.press(*str(tmp_path / name), "enter")
            await until(pilot, lambda said=said: status(pilot).startswith(said))  # type: ignore[misc]
        assert room.given.text == FOREIGN


async def test_without_a_text_one_is_asked_for(trained: Wiring) -> None:
    async with scripted(trained, rewriter(trained)).run_test() as pilot:
        room = await entered(pilot)
        await pilot.press("ctrl+g")
        assert "no text yet" in status(pilot)
        room.given.put("word " * 50_000)
        await pilot.press("ctrl+g")
        assert "longer than 200 kB" in status(pilot)


async def test_a_hundred_kilobytes_are_pasted_rewritten_and_compared(trained: Wiring) -> None:
    text = " ".join(f"word{n % 997}" for n in range(13_000))
    async with scripted(trained, rewriter(trained, "Much shorter.")).run_test() as pilot:
        room = await entered(pilot)
        pilot.app.post_message(events.Paste(text))
        await until(pilot, lambda: room.given.text == text)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: room.query_one(ChangesView).has_focus)
        await pilot.press("a", "ctrl+o")
        assert pilot.app.clipboard.startswith("Much shorter.\n\nMuch shorter.")


async def test_text_changes_and_what_was_taken_are_there_after_a_crash(trained: Wiring) -> None:
    async with scripted(trained, rewriter(trained)).run_test() as pilot:
        room = await rewritten(pilot)
        await pilot.press("space")
        await room.keep()
        kept = room.fields()
    with trained.store() as store:
        assert store.unfinished.of("rewrite") == kept
    async with scripted(trained, rewriter(trained)).run_test() as pilot:
        room = await entered_with_changes(pilot)
        assert "1 of 3 changes taken" in shown(room)
        await pilot.press("ctrl+o")
        assert pilot.app.clipboard == PARTLY


async def entered_with_changes(pilot: Pilot[None]) -> Rewrite:
    await ready(pilot)
    await pilot.press("f4")
    await until(pilot, lambda: bool(pilot.app.screen.query(ChangesView)))
    room = assistant(pilot).rooms["rewrite"]
    assert isinstance(room, Rewrite)
    await until(pilot, lambda: room.query_one(ChangesView).has_focus)
    return room
