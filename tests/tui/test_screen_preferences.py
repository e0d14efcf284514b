"""What a person chose about the screen is there again, and a broken file costs one line."""

import json
from pathlib import Path

import pytest
from textual.color import Color

from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune_tui.looks import CONTRAST, DARK, LIGHT
from microtune_tui.preferences import FILE, Preferences
from microtune_tui.wiring import Wiring
from tests.tui.steps import scripted, status


def test_they_come_back_as_they_were_left(own_home: Path) -> None:
    home = Home(own_home)
    chosen = Preferences(CONTRAST.name, keep_edits=False, suggestions=False)
    chosen.save(home)
    assert Preferences.load(home) == (chosen, "")
    assert (own_home / FILE).stat().st_mode & 0o077 == 0


def test_a_home_without_choices_has_the_first_ones(own_home: Path) -> None:
    assert Preferences.load(Home(own_home)) == (Preferences(), "")


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '"dark"', "\xff"])
def test_a_broken_file_costs_a_line_and_no_more(own_home: Path, content: str) -> None:
    own_home.mkdir(parents=True, exist_ok=True)
    (own_home / FILE).write_bytes(content.encode("latin-1"))
    found, line = Preferences.load(Home(own_home))
    assert found == Preferences()
    assert str(own_home / FILE) in line
    assert "F12" in line


def test_what_is_known_in_a_file_counts(own_home: Path) -> None:
    own_home.mkdir(parents=True, exist_ok=True)
    given = {"theme": "pink", "keep_edits": False, "suggestions": "yes", "sound": True}
    (own_home / FILE).write_text(json.dumps(given))
    found, line = Preferences.load(Home(own_home))
    assert found == Preferences(keep_edits=False)
    assert "sound, suggestions, theme" in line


def test_a_home_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MicrotuneError, match="cannot write"):
        Preferences().save(Home(tmp_path / "file"))


def test_the_next_theme_goes_through_all() -> None:
    seen = [Preferences()]
    for _ in range(3):
        seen.append(seen[-1].with_next_theme())
    assert [one.theme for one in seen] == [DARK.name, LIGHT.name, CONTRAST.name, DARK.name]


async def test_the_assistant_opens_in_the_theme_that_was_chosen(no_adapter: Wiring) -> None:
    Preferences(LIGHT.name).save(no_adapter.home)
    async with scripted(no_adapter).run_test() as pilot:
        assert pilot.app.theme == LIGHT.name


async def test_the_assistant_says_that_its_choices_are_lost(no_adapter: Wiring) -> None:
    (no_adapter.home.path / FILE).write_text("{")
    async with scripted(no_adapter).run_test() as pilot:
        await pilot.pause()
        assert "screen.json" in status(pilot)
        assert pilot.app.theme == DARK.name


async def test_every_room_is_in_the_colours_of_a_theme_chosen_later(no_adapter: Wiring) -> None:
    async with scripted(no_adapter).run_test() as pilot:
        await pilot.press("f3", "f8")  # two rooms that were entered before
        pilot.app.theme = LIGHT.name
        for key in ("f3", "f8", "f2", "f10"):  # and one that was not
            await pilot.press(key)
            await pilot.pause()
            assert pilot.app.screen.styles.background == Color.parse(str(LIGHT.background)), key
