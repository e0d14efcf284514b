"""Drafting in the assistant: keys in, drafts out, and never a frozen screen."""

import threading

import pytest
from textual.widgets import Input, Static, TextArea

from microtune.contracts import Engine
from microtune_tui import app
from microtune_tui.app import make_app
from microtune_tui.dialogues.help import Help
from microtune_tui.rooms.room import Room
from microtune_tui.widgets.keys_line import KeysLine
from microtune_tui.widgets.passages import PassagesPane
from microtune_tui.wiring import Wiring
from tests.tui.steps import (
    BASE,
    BRIEF,
    OWN,
    Gated,
    TwoVoices,
    drafted,
    drafts,
    ready,
    scripted,
    status,
    until,
    write,
)


async def test_typing_goes_on_while_the_base_loads(trained: Wiring) -> None:
    opened = threading.Event()

    def slowly() -> Engine:
        opened.wait()
        return TwoVoices(trained)

    async with make_app(trained, slowly).run_test() as pilot:
        try:
            await pilot.press(*"plums", "tab", *"Ana", "enter")
            assert pilot.app.screen.query_one("#brief", TextArea).text == "plums"
            assert pilot.app.screen.query_one("#to", Input).value == "Ana"
            assert "still loading" in status(pilot)
        finally:
            opened.set()
        await until(pilot, lambda: drafts(pilot).front.text == OWN)


async def test_a_draft_is_shown_and_recorded_as_the_command_line_would(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        await drafted(pilot)
        assert drafts(pilot).front.text == OWN
    with trained.store() as store:
        (draft,) = store.drafts.newest()
    assert (draft.command, draft.text, draft.sampling.seed) == ("write", OWN, 0)
    assert draft.request["about"] == BRIEF
    assert draft.adapter == trained.library.list()[0][0].id


async def test_switching_drafts_the_same_with_the_base_and_keeps_both(trained: Wiring) -> None:
    async with scripted(trained).run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        await write(pilot)
        await drafted(pilot, "ctrl+g")
        await drafted(pilot, "ctrl+t")
        panes = drafts(pilot)
        assert (panes.pane("own").text, panes.pane("base").text) == (OWN, BASE)
        assert panes.pane("own").display
        assert panes.pane("base").display
        assert panes.front is panes.pane("base")
    with trained.store() as store:
        base, own = store.drafts.newest()
    assert (base.adapter, base.sampling, base.request) == ("", own.sampling, own.request)


async def test_a_narrow_terminal_shows_the_side_in_front(trained: Wiring) -> None:
    async with scripted(trained).run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        panes = drafts(pilot)
        assert [panes.pane("own").display, panes.pane("base").display] == [True, False]
        await pilot.press("ctrl+t")
        assert [panes.pane("own").display, panes.pane("base").display] == [False, True]


async def test_switching_back_does_not_draft_again(trained: Wiring) -> None:
    engine = TwoVoices(trained)
    async with scripted(trained, engine).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        for key in ("enter", "ctrl+t", "ctrl+t"):
            await drafted(pilot, key)
        assert drafts(pilot).front.text == OWN
    assert len(engine.asked) == 2


async def test_again_takes_the_next_seed_and_a_new_brief_the_first(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        for key in ("enter", "ctrl+r", "ctrl+r"):
            await drafted(pilot, key)
        await write(pilot, "sell the boat")
        await drafted(pilot)
    with trained.store() as store:
        assert [d.sampling.seed for d in store.drafts.newest()] == [0, 2, 1, 0]


async def test_stop_ends_the_draft_within_a_token(trained: Wiring) -> None:
    engine = Gated(trained)
    async with scripted(trained, engine).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        await pilot.press("enter")
        engine.gate.release(3)
        front = drafts(pilot).front
        await until(pilot, lambda: len(front.text.split()) == 3)
        await drafted(pilot, "escape")
        assert status(pilot) == "Stopped."
        assert 3 <= len(front.text.split()) <= 4
    with trained.store() as store:
        assert store.drafts.newest()[0].generated.finish == "cancelled"


async def test_an_order_ends_the_one_before(trained: Wiring) -> None:
    engine = Gated(trained)
    async with scripted(trained, engine).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        await pilot.press("enter")
        engine.gate.release()
        await until(pilot, lambda: bool(drafts(pilot).front.text))
        await pilot.press("ctrl+t")
        engine.gate.release(1000)
        panes = drafts(pilot)
        await until(pilot, lambda: panes.pane("base").text == BASE)
        assert not panes.pane("own").whole


async def test_news_that_come_a_hair_too_early_to_be_shown_are_shown(
    trained: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "TOLD_EVERY_S", 1e-9)  # over before anything waits for it
    monkeypatch.setattr(app, "monotonic", lambda: 0.0)
    async with scripted(trained).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        await drafted(pilot)
        assert drafts(pilot).front.text == OWN


async def test_the_passages_drawn_on_are_shown_with_their_origin(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        await drafted(pilot)
        pane = pilot.app.screen.query_one(PassagesPane)
        shown = [str(passage.content) for passage in pane.query(Static)]
    assert "Plums · to Ana · 2026-05-09" in shown
    assert any("all the plums but one" in text for text in shown)


async def test_copies_the_draft_in_front(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        await drafted(pilot)
        await pilot.press("ctrl+o")
        assert pilot.app.clipboard == OWN


async def test_an_empty_brief_asks_for_one(trained: Wiring) -> None:
    engine = TwoVoices(trained)
    async with scripted(trained, engine).run_test() as pilot:
        await ready(pilot)
        await pilot.press("enter")
        assert "brief" in status(pilot)
    assert not engine.asked


async def test_quitting_while_drafting_leaves_nothing_running(trained: Wiring) -> None:
    engine = Gated(trained)
    async with scripted(trained, engine).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        await pilot.press("enter", "ctrl+q")


async def test_a_click_on_a_key_is_the_key(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await until(pilot, lambda: "Draft" in str(pilot.app.screen.query_one(KeysLine).content))
        keys = str(pilot.app.screen.query_one(KeysLine).content)
        await pilot.click(KeysLine, offset=(keys.index("Why"), 0))  # dim: there is no draft yet
        assert isinstance(pilot.app.screen, Room)
        await pilot.click(KeysLine, offset=(keys.index("Help"), 0))
        await until(pilot, lambda: isinstance(pilot.app.screen, Help))
