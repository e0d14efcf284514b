"""How the rooms look in which one looks after microtune. Days, figures and the machine are fixed.

To accept a change of their looks: `pytest tests/tui --snapshot-update`, and look at the SVGs.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from microtune_adapters.machine import Machine
from microtune_tui import base_offers
from microtune_tui.looks import CONTRAST, DARK, LIGHT
from microtune_tui.wiring import Wiring
from tests.tui.care_homes import (
    fix_machine,
    run_under_way,
    with_earlier_adapter,
    with_past_run,
)
from tests.tui.homes import with_adapter
from tests.tui.steps import assistant, ready, scripted, settled, until

Compare = Callable[..., bool]
SMALL, WIDE = (80, 24), (120, 40)
KEYS = {"training": "f8", "library": "f9", "sources": "f10", "settings": "f12"}
MACHINE = Machine(memory_mb=16_000, available_mb=9_000, cores=8, gpu=None, disk_mb=90_000)
ROOMS = [
    *((name, size, DARK.name) for name in KEYS for size in (SMALL, WIDE)),
    ("training", WIDE, LIGHT.name),
    ("training", SMALL, CONTRAST.name),
    ("library", SMALL, LIGHT.name),
    ("sources", WIDE, CONTRAST.name),
    ("settings", WIDE, LIGHT.name),
]


def shown(name: str, theme: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Go into a room and wait until all of it is there."""

    async def run(pilot: Pilot[None]) -> None:
        pilot.app.theme = theme
        await ready(pilot)
        await pilot.press(KEYS[name])
        await until(pilot, lambda: is_whole(pilot, name))
        await settled(pilot)

    return run


def is_whole(pilot: Pilot[None], name: str) -> bool:
    room = assistant(pilot).rooms.get(name)
    if room is None:
        return False
    if name == "training":
        return bool(str(room.query_one("#standing", Static).content))
    return any(list_.option_count for list_ in room.query(OptionList))


@pytest.fixture
def lived_in(
    no_adapter: Wiring, base_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Wiring:
    """Two adapters, a run that has ended, and what was left out of a source."""
    fix_machine(monkeypatch)
    monkeypatch.setattr(base_offers, "this_machine", lambda home: MACHINE)
    with_earlier_adapter(no_adapter, tmp_path, base_file)
    with_adapter(no_adapter, tmp_path, base_file)
    with_past_run(no_adapter, monkeypatch)
    return no_adapter


@pytest.mark.parametrize(
    ("name", "size", "theme"),
    ROOMS,
    ids=[f"{n}-{s[0]}-{t.removeprefix('microtune-')}" for n, s, t in ROOMS],
)
def test_a_room(
    snap_compare: Compare, lived_in: Wiring, name: str, size: tuple[int, int], theme: str
) -> None:
    run = shown(name, theme)
    assert snap_compare(scripted(lived_in), terminal_size=size, run_before=run)


def test_a_run_under_way(
    snap_compare: Compare, lived_in: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("microtune_tui.training_seen.holder", lambda path: 4711)
    with run_under_way(lived_in):
        run = shown("training", DARK.name)
        assert snap_compare(scripted(lived_in), terminal_size=WIDE, run_before=run)
