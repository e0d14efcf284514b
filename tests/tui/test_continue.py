"""Continue in the assistant: suggestions behind the cursor, taken bit by bit or not at all."""

from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from microtune_adapters.engine.scripted import ScriptedEngine
from microtune_tui.rooms.continue_ import Continue
from microtune_tui.suggesting import Suggestion, first
from microtune_tui.wiring import Wiring
from tests.tui.steps import Gated, assistant, drafts, ready, scripted, status, until, write

SAID = "eaten all the plums. The jar is empty. Nobody will say who."
SHOWN = "eaten all the plums. The jar is empty."


def suggester(wiring: Wiring, said: str = SAID) -> ScriptedEngine:
    return ScriptedEngine(said, wiring.settings().base_sha256)


async def entered(pilot: Pilot[None], text: str = "") -> Continue:
    await ready(pilot)
    await pilot.press("f5")
    await until(pilot, lambda: "continue_" in assistant(pilot).rooms)
    room = assistant(pilot).rooms["continue_"]
    assert isinstance(room, Continue)
    await until(pilot, lambda: room.editor.has_focus)
    if text:
        await pilot.press(
            "ctrl+n"
        )  # else a slow machine takes the time between two keys for a pause
        room.editor.insert(text, maintain_selection_offset=False)
        await pilot.press("ctrl+g")
        await suggested(pilot, room)
    return room


async def suggested(pilot: Pilot[None], room: Continue) -> None:
    await until(pilot, lambda: bool(room.editor.ghost) and not room.suggestions.streaming)


async def test_a_pause_brings_a_suggestion_that_is_no_text_yet(trained: Wiring) -> None:
    async with scripted(trained, suggester(trained)).run_test() as pilot:
        room = await entered(pilot)
        await pilot.press(*"We have ")
        await suggested(pilot, room)
        assert (room.editor.text, room.editor.ghost) == ("We have ", SHOWN)
        assert room.fields() == {"text": "We have "}
    with trained.store() as store:
        assert not store.drafts.newest()


async def test_words_sentences_and_all_are_taken_each_in_one_step(trained: Wiring) -> None:
    async with scripted(trained, suggester(trained)).run_test() as pilot:
        room = await entered(pilot, "We have ")
        steps = {
            "ctrl+right": "We have eaten",
            "alt+right": "We have eaten all",
            "ctrl+down": "We have eaten all the plums.",
            "tab": f"We have {SHOWN}",
        }
        for key, text in steps.items():
            await pilot.press(key)
            assert room.editor.text == text
        assert not room.editor.ghost
        for text in (*list(steps.values())[-2::-1], "We have "):
            await pilot.press("ctrl+z")
            assert room.editor.text == text
    with trained.store() as store:
        (draft,) = store.drafts.newest()
    assert (draft.command, draft.request["text"]) == ("continue", "We have ")


async def test_what_is_taken_while_it_streams_is_recorded_when_it_ends(trained: Wiring) -> None:
    engine = Gated(trained)
    async with scripted(trained, engine).run_test() as pilot:
        room = await entered(pilot)
        await pilot.press("ctrl+n", *"Well,", "ctrl+g")
        engine.gate.release(2)
        await until(pilot, lambda: bool(room.editor.ghost))
        await pilot.press("ctrl+right")
        assert room.editor.text == "Well, Dear"
        await pilot.press("x")
        await until(pilot, lambda: not room.suggestions.streaming)
        with trained.store() as store:
            await until(pilot, lambda: bool(store.drafts.newest()))
    with trained.store() as store:
        assert [draft.command for draft in store.drafts.newest()] == ["continue"]


async def test_typing_what_is_suggested_keeps_the_rest_and_else_ends_it(trained: Wiring) -> None:
    async with scripted(trained, suggester(trained)).run_test() as pilot:
        room = await entered(pilot, "We have ")
        await pilot.press(*"eat")
        assert room.editor.ghost == SHOWN.removeprefix("eat")
        await pilot.press("s")
        assert not room.editor.ghost


@pytest.mark.parametrize("key", ["escape", "left", "backspace", "home"])
async def test_any_other_key_sends_it_away(trained: Wiring, key: str) -> None:
    async with scripted(trained, suggester(trained)).run_test() as pilot:
        room = await entered(pilot, "We have ")
        await pilot.press(key)
        assert not room.editor.ghost


async def test_the_next_key_cancels_what_is_being_made(trained: Wiring) -> None:
    engine = Gated(trained)
    async with scripted(trained, engine).run_test() as pilot:
        room = await entered(pilot)
        await pilot.press("ctrl+n", *"Well,", "ctrl+g")
        await until(pilot, lambda: bool(engine.asked))
        await pilot.press("x")
        await until(pilot, lambda: not room.suggestions.streaming)
        assert not room.editor.ghost


async def test_without_a_suggestion_the_keys_are_the_editors_own(trained: Wiring) -> None:
    async with scripted(trained, suggester(trained)).run_test() as pilot:
        room = await entered(pilot)
        await pilot.press("ctrl+n", *"one two", "home", "ctrl+right")
        assert room.editor.cursor_location == (0, 3)
        await pilot.press("tab")
        assert room.editor.text == "one two"


async def test_switched_off_it_suggests_only_when_asked(trained: Wiring) -> None:
    engine = suggester(trained)
    async with scripted(trained, engine).run_test() as pilot:
        room = await entered(pilot)
        await pilot.press("ctrl+n", *"We have")
        await pilot.pause(0.8)
        assert not engine.asked
        assert "suggestions off" in str(room.page.border_title)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: bool(room.editor.ghost))


async def test_another_has_the_next_seed(trained: Wiring) -> None:
    async with scripted(trained, suggester(trained)).run_test() as pilot:
        room = await entered(pilot, "We have ")
        await pilot.press("ctrl+r")
        await suggested(pilot, room)
        await pilot.press("tab")
    with trained.store() as store:
        assert [draft.sampling.seed for draft in store.drafts.newest()] == [1]


async def test_within_a_line_and_in_an_empty_text_nothing_is_suggested(trained: Wiring) -> None:
    engine = suggester(trained)
    async with scripted(trained, engine).run_test() as pilot:
        room = await entered(pilot)
        await pilot.press("ctrl+g")
        assert "end of a line" in status(pilot)
        room.editor.load_text("one")  # at once: a pause between two keys would be one for them
        room.editor.move_cursor((0, 2))
        await pilot.press("ctrl+g")
        assert "end of a line" in status(pilot)
        await pilot.pause(0.6)
    assert not engine.asked


async def test_a_draft_in_another_room_is_not_stopped_for_a_suggestion(trained: Wiring) -> None:
    engine = Gated(trained)
    async with scripted(trained, engine).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: bool(drafts(pilot).running))
        await entered(pilot)
        await pilot.press(*"Well,", "ctrl+g")
        assert "another room" in status(pilot)
        engine.gate.release(1000)
        await until(pilot, lambda: not drafts(pilot).running)
        assert drafts(pilot).front.whole


async def test_a_long_suggestion_pushes_the_lines_beneath_it_down(trained: Wiring) -> None:
    said = " word" * 40
    async with scripted(trained, suggester(trained, said)).run_test(size=(60, 20)) as pilot:
        room = await entered(pilot)
        await pilot.press("ctrl+n")
        room.editor.load_text("First line\nsecond")
        room.editor.move_cursor((0, 10))
        await pilot.press("ctrl+g")
        await until(pilot, lambda: room.editor.ghost.count("word") == 40)
        rows = ["".join(s.text for s in room.editor.render_line(y)).strip() for y in range(6)]
        assert rows[0].startswith("First line word word")
        assert " ".join(rows[:4]).split() == ["First", "line", *["word"] * 40]
        assert rows[4] == "second"
        await pilot.click(room.editor, offset=(3, 4))
        assert room.editor.cursor_location == (1, 3)


async def test_a_hundred_kilobytes_are_pasted_and_gone_on_with(trained: Wiring) -> None:
    text = " ".join(f"word{n % 997}" for n in range(13_000))
    async with scripted(trained, suggester(trained)).run_test() as pilot:
        room = await entered(pilot)
        pilot.app.post_message(events.Paste(text))
        await until(pilot, lambda: bool(room.editor.ghost))
        assert room.editor.text == text


async def test_the_text_is_there_after_a_crash_and_can_be_saved(
    trained: Wiring, tmp_path: Path
) -> None:
    async with scripted(trained, suggester(trained)).run_test() as pilot:
        room = await entered(pilot, "We have ")
        await room.keep()
    path = tmp_path / "text.txt"
    async with scripted(trained, suggester(trained)).run_test() as pilot:
        room = await entered(pilot)
        await until(pilot, lambda: room.editor.text == "We have ")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(pilot.app.screen.query("#line")))
        await pilot.press(*["backspace"] * 10, *str(path), "enter")
        await until(pilot, lambda: status(pilot) == f"Saved {path}.")
    assert path.read_text("utf-8") == "We have\n"


@pytest.mark.parametrize(
    ("before", "streamed", "text"),
    [
        ("We have", " eaten.", " eaten."),
        ("We have ", " eaten.", "eaten."),
        ("the plu", "ms are", "ms are"),
        ("It rained.", "We went", " We went"),
        ("It rained.\n", "We went\n\nhome", "We went"),
        ("He said: “No.”", "We went", " We went"),
        ("So", ", one. Two! Three? Four.", ", one. Two!"),
        ("So", "\n\n ", ""),
    ],
)
def test_a_suggestion_reads_on_where_the_text_stops(before: str, streamed: str, text: str) -> None:
    assert Suggestion(before, streamed).text == text


def test_parts_of_a_suggestion() -> None:
    assert first("word", " one two. Three.") == " one"
    assert first("sentence", " one two. Three.") == " one two."
    assert first("all", " one two. Three.") == " one two. Three."
