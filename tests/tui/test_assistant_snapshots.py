"""How the assistant looks: its rooms and dialogues, narrow and wide, in each theme. The engine, the
machine and all dates are fixed.

To accept a change of its looks: `pytest tests/tui --snapshot-update`, and look at the SVGs.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Markdown, OptionList, Static

from microtune_adapters.machine import Machine
from microtune_tui.dialogues.blind import Blind
from microtune_tui.looks import CONTRAST, DARK, LIGHT
from microtune_tui.welcome.screen import Welcome
from microtune_tui.wiring import Wiring
from tests.tui.inboxes import with_inbox
from tests.tui.steps import (
    assistant,
    drafted,
    ready,
    scripted,
    settled,
    status,
    until,
    write,
)

Compare = Callable[..., bool]
Steps = Callable[[Pilot[None]], Awaitable[None]]
NARROW, WIDE, SHORT, LARGE = (80, 24), (140, 40), (60, 16), (200, 60)
NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
LOOKED_UP = {2: "#preview", 4: "#stands"}  # what a step of the welcome says a little later


def steps(*keys: str, theme: str = DARK.name) -> Steps:
    """Wait for the base, fill in the brief, and draft with each of these keys."""

    async def run(pilot: Pilot[None]) -> None:
        pilot.app.theme = theme
        await ready(pilot)
        await write(pilot)
        for key in keys:
            await drafted(pilot, key)
        await settled(pilot)

    return run


def then(first: Steps, *keys: str, until_shown: str) -> Steps:
    """Press these keys after `first`, and wait for a widget that matches the selector."""

    async def run(pilot: Pilot[None]) -> None:
        await first(pilot)
        await pilot.press(*keys)
        await until(pilot, lambda: bool(pilot.app.screen.query(until_shown)))
        await until(pilot, lambda: filled(pilot))
        await settled(pilot)

    return run


def filled(pilot: Pilot[None]) -> bool:
    """Whether what is looked up or laid out meanwhile stands in the lists and texts of a screen."""
    screen = pilot.app.screen
    lists = all(one.option_count for one in screen.query(OptionList))
    return lists and all(one.children for one in screen.query(Markdown))


@pytest.mark.parametrize(
    "size", [NARROW, WIDE, SHORT, LARGE], ids=["narrow", "wide", "short", "large"]
)
def test_both_drafts(snap_compare: Compare, trained: Wiring, size: tuple[int, int]) -> None:
    run = steps("enter", "ctrl+t", "ctrl+t")
    assert snap_compare(scripted(trained), terminal_size=size, run_before=run)


@pytest.mark.parametrize("theme", [LIGHT.name, CONTRAST.name])
def test_themes(snap_compare: Compare, trained: Wiring, theme: str) -> None:
    run = steps("enter", "ctrl+t", theme=theme)
    assert snap_compare(scripted(trained), terminal_size=WIDE, run_before=run)


def test_three(snap_compare: Compare, trained: Wiring) -> None:
    assert snap_compare(scripted(trained), terminal_size=WIDE, run_before=steps("ctrl+l"))


def test_no_adapter(snap_compare: Compare, no_adapter: Wiring) -> None:
    assert snap_compare(scripted(no_adapter), terminal_size=NARROW, run_before=steps())


def test_misfit(snap_compare: Compare, misfit: Wiring) -> None:
    assert snap_compare(scripted(misfit), terminal_size=NARROW, run_before=steps())


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("theme", [DARK.name, LIGHT.name, CONTRAST.name])
def test_why(snap_compare: Compare, trained: Wiring, size: tuple[int, int], theme: str) -> None:
    run = then(steps("enter", theme=theme), "ctrl+b", until_shown="#origins")
    assert snap_compare(scripted(trained), terminal_size=size, run_before=run)


@pytest.mark.parametrize(("key", "shown"), [("ctrl+s", "OptionList"), ("f1", "Markdown")])
def test_dialogues(
    snap_compare: Compare,
    trained: Wiring,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    shown: str,
) -> None:
    monkeypatch.setenv("EDITOR", "ed")
    monkeypatch.delenv("VISUAL", raising=False)
    run = then(steps("enter"), key, until_shown=shown)
    assert snap_compare(scripted(trained), terminal_size=NARROW, run_before=run)


def test_blind(snap_compare: Compare, trained: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.sample", lambda sides, count: list(sides))

    async def run(pilot: Pilot[None]) -> None:
        await steps()(pilot)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(pilot.app.screen, Blind))
        await settled(pilot)

    assert snap_compare(scripted(trained), terminal_size=NARROW, run_before=run)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("theme", [DARK.name, LIGHT.name, CONTRAST.name])
def test_ask(snap_compare: Compare, trained: Wiring, size: tuple[int, int], theme: str) -> None:
    async def run(pilot: Pilot[None]) -> None:
        pilot.app.theme = theme
        await ready(pilot)
        await pilot.press("f6")
        await until(pilot, lambda: bool(pilot.app.screen.query("#question")))
        pilot.app.screen.query_one(Input).value = "What did I write to Bo about the roofer?"
        await pilot.press("enter")
        await until(pilot, lambda: bool(pilot.app.screen.query_one(OptionList).option_count))
        await settled(pilot)

    assert snap_compare(scripted(trained), terminal_size=size, run_before=run)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("theme", [DARK.name, LIGHT.name, CONTRAST.name])
@pytest.mark.parametrize("room", ["today", "reply"])
def test_inbox(
    snap_compare: Compare, trained: Wiring, size: tuple[int, int], theme: str, room: str
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        pilot.app.theme = theme
        assistant(pilot).now = lambda: NOON + timedelta(hours=6)
        await ready(pilot)
        await pilot.press("f7")
        await until(pilot, lambda: "messages wait" in status(pilot))
        if room == "reply":
            await pilot.press("enter")
            await until(pilot, lambda: bool(pilot.app.screen.query("TextArea#message")))
            await drafted(pilot, "ctrl+g", "reply")
        await settled(pilot)

    app = scripted(with_inbox(trained, NOON))
    assert snap_compare(app, terminal_size=size, run_before=run)


@pytest.mark.parametrize(
    ("step", "size", "theme"),
    [
        *((step, size, DARK.name) for step in (1, 2, 3, 4) for size in (NARROW, LARGE)),
        (1, NARROW, LIGHT.name),
        (1, NARROW, CONTRAST.name),
    ],
)
def test_welcome(
    snap_compare: Compare,
    no_base: Wiring,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
    theme: str,
    step: int,
) -> None:
    machine = Machine(memory_mb=16_000, available_mb=9_000, cores=4, gpu=None, disk_mb=200_000)
    monkeypatch.setattr("microtune_tui.welcome.base_step.this_machine", lambda home: machine)
    monkeypatch.setattr("microtune_tui.welcome.when_step.service_of", lambda home: Shown())

    async def run(pilot: Pilot[None]) -> None:
        pilot.app.theme = theme
        await until(pilot, lambda: isinstance(pilot.app.screen, Welcome))
        for number in range(1, step):
            await pilot.press("ctrl+n")
            heading = f"{number + 1} of 4"
            await until(pilot, lambda text=heading: text in str(_heading(pilot)))  # type: ignore[misc]
        if step in LOOKED_UP:
            line = pilot.app.screen.query_one(LOOKED_UP[step], Static)
            await until(pilot, lambda: bool(str(line.content)))
        await settled(pilot)

    assert snap_compare(scripted(no_base), terminal_size=size, run_before=run)


def _heading(pilot: Pilot[None]) -> object:
    return pilot.app.screen.query_one("#heading").render()


class Shown:
    """The service as the screen names it, without a path of this machine."""

    path = "~/.config/systemd/user/microtune.service"
