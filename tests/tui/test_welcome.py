"""The first run: from an empty home to a draft, by keys alone, and nothing without consent."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from microtune.locations import Home
from microtune.settings import Settings
from microtune_tui.app import make_app
from microtune_tui.welcome.screen import Welcome
from microtune_tui.welcome.when_step import WhenStep
from microtune_tui.widgets.choices import Choices, Ticks
from microtune_tui.wiring import Wiring
from tests.microtune.invented import letter
from tests.tui.steps import BASE, TwoVoices, assistant, drafted, drafts, ready, until, write


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """A folder of texts that the person wrote."""
    folder = tmp_path / "letters"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.txt").write_text(letter(number))
    return folder


@pytest.fixture
def empty(own_home: Path) -> Wiring:
    return Wiring(Home(own_home))


async def opened(pilot: Pilot[None]) -> None:
    """The first step is there."""
    await until(pilot, lambda: isinstance(pilot.app.screen, Welcome))
    await until(pilot, lambda: bool(pilot.app.screen.query(WhenStep)))
    await pilot.pause()


async def test_from_nothing_to_a_draft(empty: Wiring, letters: Path) -> None:
    async with make_app(empty, lambda: TwoVoices(empty)).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        screen = pilot.app.screen

        def at(step: int) -> bool:
            return f"{step} of 4" in str(screen.query_one("#heading", Static).render())

        assert screen.query_one(Choices).chosen == 0  # pocket
        await pilot.press("enter")
        await until(pilot, lambda: at(2))
        await until(pilot, lambda: screen.query_one("#place", Input).has_focus)
        for name in (str(letters) + "-not", str(letters)):
            screen.query_one("#place", Input).value = name
            await pilot.press("enter")
        await until(pilot, lambda: screen.query_one(Ticks).ticked == [str(letters)])
        said = screen.query_one("#preview", Static)
        await until(pilot, lambda: "6 texts" in str(said.content))
        with empty.store() as store:
            assert store.sources.all() == ()  # looked at, and nothing more
        await pilot.press("ctrl+n")
        await until(pilot, lambda: at(3))
        await pilot.press("enter")
        await until(pilot, lambda: at(4))
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, Welcome))
        await ready(pilot)
        await until(pilot, lambda: assistant(pilot).collecting is None)
        await write(pilot)
        await drafted(pilot, "ctrl+g")
        assert drafts(pilot).front.text == BASE
    with empty.store() as store:
        assert [source.place for source in store.sources.all()] == [str(letters)]
        assert store.documents.count() == 6
        events = [line.event for line in store.ledger.lines()]
    assert "base chosen" in events
    chosen = Settings.load(empty.home)
    assert chosen is not None
    assert chosen.base_path == "pocket"


async def test_a_service_is_installed_only_where_the_person_says_so(
    empty: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: list[object] = []

    def install(service: object) -> str:
        installed.append(service)
        return ""

    monkeypatch.setattr("microtune_tui.welcome.when_step.install", install)
    async with make_app(empty, lambda: TwoVoices(empty)).run_test() as pilot:
        await opened(pilot)
        step = pilot.app.screen.query_one(WhenStep)
        assert await step.done() == ""
        assert installed == []
        step.query_one(Choices).highlighted = 1
        assert await step.done() == ""
        assert len(installed) == 1


async def test_whoever_leaves_in_between_is_asked_again(empty: Wiring) -> None:
    for _ in range(2):
        async with make_app(empty, lambda: TwoVoices(empty)).run_test() as pilot:
            await opened(pilot)
            await pilot.press("ctrl+q")
