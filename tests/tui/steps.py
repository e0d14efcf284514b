"""Steps that the assistant's tests are made of: engines that say what they should, and waiting."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence

from textual.pilot import Pilot
from textual.widgets import TextArea

from microtune.contracts import Engine, Generated, Sampling, Turn
from microtune_adapters.engine.scripted import ScriptedEngine
from microtune_tui.app import Assistant, make_app
from microtune_tui.rooms.drafting_room import DraftingRoom
from microtune_tui.widgets.drafts import Drafts
from microtune_tui.wiring import Wiring

PATIENCE_S = 240.0  # machines are busy
BRIEF = "thank Ana for the plums and propose Tuesday at ten"
OWN = (
    "Dear Ana,\n\nIt was good of you to come, and better of you to stay. The plums are gone; the "
    "jar is not, and looks at us from the shelf.\n\nTuesday at ten, then? I shall put the kettle "
    "on at half past nine and lose my nerve at a quarter to.\n\nYours, M."
)
BASE = (
    "Dear Ana,\n\nThank you very much for the plums. I hope that this message finds you well. I "
    "would like to propose Tuesday at ten for our next meeting.\n\nKind regards"
)


class TwoVoices(ScriptedEngine):
    """Says `OWN` with an adapter and `BASE` without."""

    def __init__(self, wiring: Wiring) -> None:
        super().__init__(lambda turns: OWN if self.adapter else BASE, wiring.settings().base_sha256)


class Gated(TwoVoices):
    """Says its next piece only when `gate` is released or the stream is cancelled."""

    def __init__(self, wiring: Wiring) -> None:
        super().__init__(wiring)
        self.gate = threading.Semaphore(0)
        self._opened = threading.Event()

    def stream(
        self, turns: Sequence[Turn], sampling: Sampling, done: Callable[[Generated], None]
    ) -> Iterator[str]:
        self._opened.clear()
        for piece in super().stream(turns, sampling, done):
            while not self.gate.acquire(timeout=0.01) and not self._opened.is_set():
                pass
            yield piece

    def cancel(self) -> None:
        super().cancel()
        self._opened.set()


def scripted(wiring: Wiring, engine: Engine | None = None) -> Assistant:
    """The assistant with an engine in memory; it is made when the assistant opens it."""
    return make_app(wiring, lambda: engine or TwoVoices(wiring))


async def until(pilot: Pilot[None], reached: Callable[[], bool]) -> None:
    """Let the screen live until something is so."""
    end = time.monotonic() + PATIENCE_S
    while not reached():
        assert time.monotonic() < end, f"waited in vain; the status is: {status(pilot)}"
        await pilot.pause(0.02)


async def settled(pilot: Pilot[None]) -> None:
    """Let the screen live until it stays as it is for a moment."""
    shown, now = "", pilot.app.export_screenshot()
    while now != shown:
        await pilot.pause(0.2)
        shown, now = now, pilot.app.export_screenshot()


def assistant(pilot: Pilot[None]) -> Assistant:
    assert isinstance(pilot.app, Assistant)
    return pilot.app


def room(pilot: Pilot[None], name: str = "write") -> DraftingRoom:
    entered = assistant(pilot).rooms[name]
    assert isinstance(entered, DraftingRoom)
    return entered


def drafts(pilot: Pilot[None], name: str = "write") -> Drafts:
    """The drafts of a room."""
    return room(pilot, name).drafts


def status(pilot: Pilot[None]) -> str:
    """What the status line of the room says that one is in."""
    app = assistant(pilot)
    return app.rooms[app.current_mode].status.line


async def ready(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: assistant(pilot).loaded)


async def write(pilot: Pilot[None], brief: str = BRIEF) -> None:
    """Put a brief into its field."""
    pilot.app.screen.query_one("#brief", TextArea).load_text(brief)
    await pilot.pause()


async def drafted(pilot: Pilot[None], key: str = "enter", room: str = "write") -> None:
    """Press `key` and wait for the draft's end."""
    await pilot.press(key)
    await until(pilot, lambda: not drafts(pilot, room).running)
    await pilot.pause()
