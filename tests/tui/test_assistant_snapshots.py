"""How the assistant looks, narrow and wide, dark and light. The engine and all dates are fixed.

To accept a change of its looks: `pytest tests/tui --snapshot-update`, and look at the SVGs.
"""

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from microtune_tui.wiring import Wiring
from tests.tui.steps import drafted, ready, scripted, status, until, write

Compare = Callable[..., bool]
NARROW, WIDE, SHORT = (80, 24), (140, 40), (60, 16)


def steps(*keys: str, theme: str = "textual-dark") -> Callable[[Pilot[None]], Awaitable[None]]:
    """Wait for the base, fill in the brief, and draft with each of these keys."""

    async def run(pilot: Pilot[None]) -> None:
        pilot.app.theme = theme
        await ready(pilot)
        await write(pilot)
        for key in keys:
            await drafted(pilot, key)

    return run


@pytest.mark.parametrize("size", [NARROW, WIDE, SHORT], ids=["narrow", "wide", "short"])
def test_both_drafts(snap_compare: Compare, trained: Wiring, size: tuple[int, int]) -> None:
    run = steps("enter", "ctrl+t", "ctrl+t")
    assert snap_compare(scripted(trained), terminal_size=size, run_before=run)


def test_light(snap_compare: Compare, trained: Wiring) -> None:
    run = steps("enter", "ctrl+t", theme="textual-light")
    assert snap_compare(scripted(trained), terminal_size=WIDE, run_before=run)


def test_no_base(snap_compare: Compare, no_base: Wiring) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: status(pilot).startswith("No base"))

    assert snap_compare(scripted(no_base), terminal_size=NARROW, run_before=run)


def test_no_adapter(snap_compare: Compare, no_adapter: Wiring) -> None:
    assert snap_compare(scripted(no_adapter), terminal_size=NARROW, run_before=steps())


def test_misfit(snap_compare: Compare, misfit: Wiring) -> None:
    assert snap_compare(scripted(misfit), terminal_size=NARROW, run_before=steps())
