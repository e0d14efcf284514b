"""How Rewrite and Continue look, narrow and wide, dark, light and in high contrast.

To accept a change of their looks: `pytest tests/tui --snapshot-update`, and look at the SVGs.
"""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from microtune_tui.looks import CONTRAST, DARK, LIGHT
from microtune_tui.wiring import Wiring
from tests.tui.steps import scripted, settled, until
from tests.tui.test_continue import entered as in_continue
from tests.tui.test_continue import suggester
from tests.tui.test_rewrite import FOREIGN, rewriter, rewritten
from tests.tui.test_rewrite import entered as in_rewrite

Compare = Callable[..., bool]
NARROW, WIDE = (80, 24), (140, 40)
LOOKS = [
    pytest.param(NARROW, DARK.name, id="narrow-dark"),
    pytest.param(WIDE, DARK.name, id="wide-dark"),
    pytest.param(NARROW, LIGHT.name, id="narrow-light"),
    pytest.param(WIDE, CONTRAST.name, id="wide-contrast"),
]
LETTER = (
    "Dear Bo,\n\nThank you for the plums, which arrived on Tuesday and were gone on Wednesday. "
    "We have\n\nYours, M."
)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_changes(snap_compare: Compare, trained: Wiring, size: tuple[int, int], theme: str) -> None:
    async def run(pilot: Pilot[None]) -> None:
        pilot.app.theme = theme
        await rewritten(pilot)
        await pilot.press("space", "n")
        await settled(pilot)

    app = scripted(trained, rewriter(trained))
    assert snap_compare(app, terminal_size=size, run_before=run)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_text_and_rewrite(snap_compare: Compare, trained: Wiring, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[None]) -> None:
        room = await rewritten(pilot, FOREIGN)
        await pilot.press("space", "escape")
        await until(pilot, lambda: room.given.area.has_focus)
        await settled(pilot)

    app = scripted(trained, rewriter(trained))
    assert snap_compare(app, terminal_size=size, run_before=run)


def test_nothing_to_rewrite_yet(snap_compare: Compare, trained: Wiring) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await in_rewrite(pilot)

    app = scripted(trained, rewriter(trained))
    assert snap_compare(app, terminal_size=NARROW, run_before=run)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_a_suggestion(
    snap_compare: Compare, trained: Wiring, size: tuple[int, int], theme: str
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        pilot.app.theme = theme
        room = await in_continue(pilot)
        room.editor.load_text(LETTER)
        room.editor.move_cursor((2, len(LETTER.splitlines()[2])))
        await until(pilot, lambda: room.editor.ghost.endswith("empty."))
        await until(pilot, lambda: not room.suggestions.streaming)
        await settled(pilot)

    app = scripted(trained, suggester(trained, " eaten all but one, which nobody dares to finish."
                                               " The jar looks nearly empty."))  # fmt: skip
    assert snap_compare(app, terminal_size=size, run_before=run)
