"""Write: three drafts at once, a blind test, edits and their undoing, what was begun and kept."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from microtune.contracts import Turn
from microtune_tui.app import make_app
from microtune_tui.dialogues.blind import Blind
from microtune_tui.dialogues.help import Help
from microtune_tui.dialogues.use_draft import UseDraft
from microtune_tui.preferences import Preferences
from microtune_tui.widgets.prompt import Prompt
from microtune_tui.widgets.slider import Slider
from microtune_tui.wiring import Wiring
from tests.tui.steps import (
    BRIEF,
    OWN,
    TwoVoices,
    assistant,
    drafted,
    drafts,
    ready,
    room,
    scripted,
    status,
    until,
    write,
)
from tests.tui.terminal import Terminal


async def settled(pilot: Pilot[None]) -> None:
    """What the screens asked of the clerk is done."""
    await assistant(pilot).workers.wait_for_complete()
    await assistant(pilot).clerk.do(lambda store: None)
    await pilot.pause()


async def test_three_drafts_differ_by_their_seeds_and_one_is_picked(trained: Wiring) -> None:
    async with scripted(trained).run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        await write(pilot)
        await drafted(pilot, "ctrl+l")
        seeds = [pane.order.seed for pane in drafts(pilot).shown if pane.order]
        assert seeds == [0, 1, 2]
        await pilot.press("ctrl+l", "escape")  # the second one in front, and that is it
        await settled(pilot)
        front = drafts(pilot).front
        assert (drafts(pilot).shape, front.pane) == ("one", "own")
        assert front.order is not None
        assert front.order.seed == 1
        await drafted(pilot, "ctrl+t")
        base = drafts(pilot).pane("base").order
        assert base is not None
        assert base.seed == 1  # me or not me: the same prompt and seed
    with trained.store() as store:
        assert [verdict.what for verdict in store.verdicts.all()] == ["preferred"] * 2


async def test_the_blind_test_records_the_choice_and_tells_the_score(trained: Wiring) -> None:
    async with scripted(trained).run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await write(pilot)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(pilot.app.screen, Blind))
        blind = pilot.app.screen
        assert isinstance(blind, Blind)
        own = [side for side, _ in blind._texts].index("own")
        await pilot.press("ab"[own])
        await settled(pilot)
        assert "your adapter" in status(pilot)
        assert "1 of 1 times" in status(pilot)
    with trained.store() as store:
        assert store.verdicts.blind_score() == (1, 1)


async def test_undo_goes_past_the_edits_to_the_draft_before(trained: Wiring) -> None:
    engine = TwoVoices(trained)
    async with scripted(trained, engine).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        await drafted(pilot)
        engine._answer = "Another."
        await drafted(pilot, "ctrl+r")
        front = drafts(pilot).front
        front.area.focus()
        await pilot.press("ctrl+end", "!", "pause")
        assert front.text.startswith("Another.!")
        assert front.is_edited
        await pilot.press("ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z")
        await until(pilot, lambda: front.text == OWN)


async def test_what_was_changed_and_copied_is_kept_as_a_verdict(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        await drafted(pilot)
        drafts(pilot).front.put_changed("Dear Ana, Tuesday.")
        await pilot.press("ctrl+o")
        await settled(pilot)
        assert pilot.app.clipboard == "Dear Ana, Tuesday."
    with trained.store() as store:
        (verdict,) = store.verdicts.all()
        assert (verdict.what, verdict.text) == ("accepted", "Dear Ana, Tuesday.")


async def test_nothing_is_kept_where_the_person_does_not_want_it(trained: Wiring) -> None:
    replace(Preferences(), keep_edits=False).save(trained.home)
    async with scripted(trained).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        await drafted(pilot, "enter")
        await pilot.press("ctrl+o")
        await settled(pilot)
    with trained.store() as store:
        assert not list(store.verdicts.all())


async def test_length_and_tone_are_asked_for(trained: Wiring) -> None:
    engine = TwoVoices(trained)
    async with scripted(trained, engine).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        pilot.app.screen.query_one("#words", Slider).focus()
        await pilot.press("right", "right", "tab", "left")
        await drafted(pilot, "ctrl+g")
    with trained.store() as store:
        (draft,) = store.drafts.newest()
    assert (draft.request["words"], draft.request["tone"]) == (30, -1)
    assert any("about 30 words" in turn.content for turn in _asked(engine))


async def test_a_draft_is_saved_to_a_file_but_never_over_one(
    trained: Wiring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    path = tmp_path / "letter.txt"
    async with scripted(trained).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        await drafted(pilot)
        for _ in range(2):
            await pilot.press("ctrl+s")
            await until(pilot, lambda: isinstance(pilot.app.screen, UseDraft))
            pilot.app.screen.query_one(OptionList).highlighted = 1
            await pilot.press("enter")
            await until(pilot, lambda: bool(pilot.app.screen.query("#line")))
            pilot.app.screen.query_one("#line", Input).value = str(path)
            await pilot.press("enter")
            await settled(pilot)
            path.write_text(path.read_text() + "Mine.\n")
        assert "exists already" in status(pilot)
    assert path.read_text() == f"{OWN}\nMine.\nMine.\n"


async def test_the_editor_gets_the_draft_and_gives_it_back(
    trained: Wiring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a real terminal, which the assistant hands over and takes back."""
    script = tmp_path / "editor"
    script.write_text(
        '#!/bin/sh\nprintf "Edited: " > "$1.new"; cat "$1" >> "$1.new"\nmv "$1.new" "$1"\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(script))
    with Terminal(trained.home.path) as terminal:
        terminal.shows("Write")
        terminal.types("plums\r")
        terminal.shows("tokens/s")
        terminal.types("\x13")  # ctrl+s
        terminal.shows("Open it in")
        terminal.types("\x1b[B\x1b[B\r")
        terminal.shows("as you left it in the editor")
        terminal.types("\x11")
        assert terminal.ended() == 0
    with trained.store() as store:
        assert store.unfinished.of("write")["draft"].startswith("Edited: ")


async def test_what_was_begun_is_there_again_when_the_assistant_was_killed(trained: Wiring) -> None:
    with Terminal(trained.home.path) as terminal:
        terminal.shows("Brief")
        terminal.types("the plums")
        with trained.store() as store:
            terminal.until(lambda: store.unfinished.of("write").get("about") == "the plums")
        os.kill(terminal.pid, signal.SIGKILL)
        assert terminal.ended() != 0
    async with scripted(trained).run_test() as pilot:
        await ready(pilot)
        await until(pilot, lambda: room(pilot).prompt.request().about == "the plums")
        await pilot.press("s", "!")
        assert room(pilot).prompt.request().about == "the plumss!"


async def test_what_stands_there_is_kept_over_rooms_and_runs(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        await drafted(pilot)
        await pilot.press("f6", "f2")
        assert drafts(pilot).front.text == OWN
        await pilot.press("ctrl+q")
    async with scripted(trained).run_test() as pilot:
        await ready(pilot)
        await until(pilot, lambda: drafts(pilot).front.text == OWN)
        assert pilot.app.screen.query_one(Prompt).request().about == BRIEF


async def test_help_names_every_key_of_the_room(trained: Wiring) -> None:
    async with scripted(trained).run_test(size=(100, 60)) as pilot:
        await ready(pilot)
        await pilot.press("f1")
        shown = pilot.app.screen
        assert isinstance(shown, Help)
        for key in ("^g", "^r", "^t", "^l", "^b", "^s"):
            assert key in str(dict(shown._keys))
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, Help)


async def test_the_palette_knows_the_rooms_and_what_can_be_done_here(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await ready(pilot)
        titles = [one.title for one in pilot.app.get_system_commands(pilot.app.screen)]
    assert {"Go to Ask", "Go to Sources", "Draft", "Three", "Quit"} <= set(titles)


async def test_a_paste_of_100_kb_goes_in_whole(trained: Wiring) -> None:
    text = "The plums are gone. " * 5_000
    async with scripted(trained).run_test() as pilot:
        await ready(pilot)
        await write(pilot, "plums")
        await drafted(pilot)
        front = drafts(pilot).front
        front.area.focus()
        front.put_changed(text)
        await pilot.pause()
        assert front.text == text


def _asked(engine: TwoVoices) -> list[Turn]:
    return [turn for turns in engine.asked for turn in turns]


def test_the_assistant_is_made_without_a_terminal(trained: Wiring) -> None:
    assert make_app(trained).title == "microtune"
