"""The Sources room: consent after a look, pausing, excluding, removing, forgetting, reading now."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input, OptionList, Static

from microtune import exclusions
from microtune_collectors.registry import open_source
from microtune_tui import consent
from microtune_tui.rooms.sources import Sources
from microtune_tui.wiring import Wiring
from tests.collectors.letters import ME
from tests.microtune.invented import letter
from tests.tui.steps import (
    OWN,
    assistant,
    drafted,
    drafts,
    ready,
    scripted,
    status,
    until,
    write,
)


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """A folder with three texts and one that is too short."""
    folder = tmp_path / "own-letters"
    folder.mkdir()
    for n in range(3):
        (folder / f"{n}.txt").write_text(letter(n))
    (folder / "short.txt").write_text("Yes.")
    return folder


async def enter(pilot: Pilot[None]) -> Sources:
    """Go there and wait until it has looked."""
    await ready(pilot)
    await pilot.press("f10")
    await until(pilot, lambda: bool(said(pilot, "#known")))
    room = assistant(pilot).rooms["sources"]
    assert isinstance(room, Sources)
    return room


def said(pilot: Pilot[None], where: str) -> str:
    return "\n".join(str(line.content) for line in pilot.app.screen.query(where).results(Static))


def listed(pilot: Pilot[None]) -> list[str]:
    places = assistant(pilot).rooms["sources"].query_one("#places", OptionList)
    return [str(option.prompt) for option in places.options]


async def asked(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: len(pilot.app.screen_stack) > 1)
    await pilot.pause()


async def answered(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
    await pilot.pause()


async def type_line(pilot: Pilot[None], text: str) -> None:
    """Answer the dialogue that asks for a line."""
    await asked(pilot)
    pilot.app.screen.query_one(Input).value = text
    await pilot.press("enter")


async def choose(pilot: Pilot[None], button: str) -> None:
    await asked(pilot)
    pilot.app.screen.query_one(f"#{button}", Button).focus()
    await pilot.press("enter")
    await answered(pilot)


def places(wiring: Wiring) -> list[str]:
    with wiring.store() as store:
        return [source.place for source in store.sources.all()]


async def test_a_source_is_listed_with_what_came_of_it(trained: Wiring) -> None:
    with trained.store() as store:
        source = store.sources.all()[0]
        facts = {"source": source.id, "new": 4, "updated": 0, "masked": 0}
        store.ledger.append("collected", {**facts, "skipped": {"too short": 3}})
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        [first] = listed(pilot)
        assert "letters" in first
        assert "learned from: 4 texts, 56 words · last new 20" in first
        known = said(pilot, "#known")
        assert "3  too short (fewer own words than carry a voice)" in known


async def test_a_place_is_looked_at_then_agreed_to_then_read(
    trained: Wiring, letters: Path
) -> None:
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        await pilot.press("a")
        await type_line(pilot, str(letters))
        await until(pilot, lambda: "would be taken" in said(pilot, "#what"))
        shown = said(pilot, "#what")
        assert "3 texts with" in shown
        assert "Left out: 1 too short." in shown
        assert "Taken, for instance: “" in shown
        assert "and train on what its owner wrote there" in said(pilot, "#agreed")
        assert pilot.app.focused is pilot.app.screen.query_one("#no")
        assert places(trained) == ["letters"]
        await choose(pilot, "learn")
        await until(pilot, lambda: "3 new, 0 updated, 7 in all" in status(pilot))
        assert "Not read: " in status(pilot)  # a place that is gone
        await until(pilot, lambda: any("3 texts" in place for place in listed(pilot)[1:]))
        assert len(listed(pilot)) == 2
    with trained.store() as store:
        [line] = [one for one in store.ledger.lines() if str(letters) in one.data]
    assert line.event == "source added"


async def test_what_is_not_agreed_to_is_not_added(trained: Wiring, letters: Path) -> None:
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        for button in ("no", None):
            await pilot.press("a")
            await type_line(pilot, str(letters))
            await until(pilot, lambda: "would be taken" in said(pilot, "#what"))
            if button:
                await choose(pilot, button)
            else:
                await pilot.press("escape")
                await answered(pilot)
    assert places(trained) == ["letters"]


async def test_notes_on_this_machine_are_offered(trained: Wiring) -> None:
    notes = Path.home() / "Notes"
    notes.mkdir()
    (notes / "plums.md").write_text(letter(5))
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        assert "Notes: not read. Enter looks at it." in listed(pilot)[1]
        await pilot.press("down")
        assert "nothing in it was opened" in said(pilot, "#known")
        await pilot.press("enter")
        await until(pilot, lambda: "1 text with" in said(pilot, "#what"))
        await choose(pilot, "learn")
        await until(pilot, lambda: status(pilot).startswith("Read: 1 new"))
    assert places(trained) == ["letters", str(notes)]


async def test_an_inbox_is_read_as_context_only(trained: Wiring, tmp_path: Path) -> None:
    box = tmp_path / "inbox.mbox"
    head = f"From bo Thu Jan  1 00:00:00 2026\nFrom: Bo <bo@example.org>\nTo: <{ME}>\n"
    box.write_text(f"{head}Message-ID: <1@x>\nSubject: Plums\n\nShall I bring plums on Friday?\n\n")
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        await pilot.press("a")
        await type_line(pilot, str(box))
        await asked(pilot)
        if pilot.app.screen.query(Input):  # whose mail it is cannot be told from one message
            await type_line(pilot, ME)
        await until(pilot, lambda: bool(pilot.app.screen.query("#context")))
        await choose(pilot, "context")
        await until(pilot, lambda: status(pilot).startswith("Read: "))
        await until(pilot, lambda: len(listed(pilot)) == 2)
        assert "context only: " in listed(pilot)[1]
    with trained.store() as store:
        assert [source.context for source in store.sources.all()] == [False, True]


async def test_a_source_pauses_and_is_read_again(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        await pilot.press("p")
        await until(pilot, lambda: "paused · learned from: 4 texts" in listed(pilot)[0])
        assert "its texts stay in use" in said(pilot, "#known")
        await pilot.press("p")
        await until(pilot, lambda: "paused" not in listed(pilot)[0])
        assert status(pilot) == "Reads again: letters."


async def test_removing_asks_first(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        await pilot.press("r")
        await choose(pilot, "no")
        assert places(trained) == ["letters"]
        await pilot.press("r")
        await choose(pilot, "yes")
        await until(pilot, lambda: status(pilot) == "No source any more: letters.")
        await until(pilot, lambda: listed(pilot) == [])
        assert "A adds a folder" in said(pilot, "#no-sources")
        assert places(trained) == []


async def test_forgetting_shows_what_goes_and_asks(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        await pilot.press("f")
        await type_line(pilot, "plums")
        await until(pilot, lambda: bool(pilot.app.screen.query("#yes")))
        shown = "\n".join(
            str(s.content) for s in pilot.app.screen.query(".said Static").results(Static)
        )
        assert "Forgets 2 texts" in shown
        assert "2026-05-03  Your visit It was good of you" in shown
        assert "cannot be undone" in shown
        await choose(pilot, "yes")
        await until(pilot, lambda: status(pilot).startswith("Forgotten: 2 texts and 0 drafts."))
        await until(pilot, lambda: "2 texts" in listed(pilot)[0])
    with trained.store() as store:
        assert store.documents.count() == 2
        assert not any("plums" in document.text for document in store.kept.all())


async def test_forgetting_a_source_takes_it_off_the_list(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        await pilot.press("f")
        await asked(pilot)
        assert pilot.app.screen.query_one(Input).value == "letters"
        await pilot.press("enter")
        await until(pilot, lambda: bool(pilot.app.screen.query("#yes")))
        await choose(pilot, "yes")
        await until(pilot, lambda: status(pilot).startswith("Forgotten: 4 texts"))
    assert places(trained) == []


async def test_paths_are_excluded_and_no_longer(trained: Wiring) -> None:
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        await pilot.press("e")
        await type_line(pilot, "private/; *.key.txt")
        await until(pilot, lambda: status(pilot).startswith("Changed."))
        assert exclusions.read(trained.home) == ("private/", "*.key.txt")
        await until(pilot, lambda: "private/, *.key.txt" in said(pilot, "#known"))
        await pilot.press("e")
        await asked(pilot)
        assert pilot.app.screen.query_one(Input).value == "private/; *.key.txt"
        await type_line(pilot, "")
        await until(pilot, lambda: exclusions.read(trained.home) == ())


@pytest.mark.parametrize(
    ("keys", "typed", "line"),
    [
        ("a", "/no/such/place", "There is no /no/such/place"),
        ("f", "no text has these words", "Nothing that is kept contains"),
        ("e", "!", "is no pattern"),
    ],
)
async def test_what_cannot_be_done_costs_one_line(
    trained: Wiring, keys: str, typed: str, line: str
) -> None:
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        await pilot.press(keys)
        await type_line(pilot, typed)
        await until(pilot, lambda: line in status(pilot))
        assert len(pilot.app.screen_stack) == 1


async def test_everything_is_read_now(trained: Wiring, letters: Path) -> None:
    with trained.store() as store:
        store.sources.remove("letters")

    with trained.store() as store:
        consent.give(store, open_source(str(letters)))
    async with scripted(trained).run_test() as pilot:
        await enter(pilot)
        await pilot.press("c")
        await until(pilot, lambda: status(pilot) == "Read: 3 new, 0 updated, 3 in all.")
        await until(pilot, lambda: "3 texts" in listed(pilot)[0])


async def test_a_home_without_sources_says_what_to_do(no_adapter: Wiring) -> None:
    with no_adapter.store() as store:
        store.sources.remove("letters")
    async with scripted(no_adapter).run_test() as pilot:
        room = await enter(pilot)
        assert room.has_class("-empty")
        assert "A adds a folder" in said(pilot, "#no-sources")
        assert "No mail program or notes were found" in said(pilot, "#known")
        for action in ("pause", "remove", "collect"):
            assert room.check_action(action, ()) is None


@pytest.mark.parametrize("reopened", [False, True], ids=["at-once", "reopened"])
async def test_a_draft_that_drew_on_what_is_forgotten_leaves_the_screen(
    trained: Wiring, reopened: bool
) -> None:
    async with scripted(trained).run_test() as pilot:
        await ready(pilot)
        await write(pilot)
        await drafted(pilot)
        assert drafts(pilot).front.text
        await pilot.press("ctrl+q") if reopened else await forget_the_plums(pilot)
    if reopened:
        async with scripted(trained).run_test() as pilot:
            await ready(pilot)
            await until(pilot, lambda: bool(drafts(pilot).front.recorded))
            await forget_the_plums(pilot)
    with trained.store() as store:
        assert not any(OWN[:40] in text for _, text in store.unfinished.all())


async def forget_the_plums(pilot: Pilot[None]) -> None:
    await enter(pilot)
    await pilot.press("f")
    await type_line(pilot, "plums")
    await until(pilot, lambda: bool(pilot.app.screen.query("#yes")))
    await choose(pilot, "yes")
    await until(pilot, lambda: status(pilot).startswith("Forgotten: 2 texts and 1 draft."))
    assert drafts(pilot).front.text == ""
