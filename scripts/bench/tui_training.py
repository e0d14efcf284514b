"""A training run as the daemon starts it, for as long as something is measured beside it."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from homes import microtune
from invented_notes import write_notes

from microtune.daemon.child import Child
from microtune.locations import Home
from microtune_adapters.run_progress import RunProgress
from microtune_tui.resident import command_line
from microtune_tui.training_seen import under_way as seen_under_way
from microtune_tui.wiring import Wiring

MINUTES, PATIENCE_S, LOOK_S = "5", 60.0, 0.5
NOTES = 200


@contextmanager
def under_way(home: Path, rest: Callable[[float], object]) -> Iterator[str]:
    """A run at its steps, which is sent away afterwards; yields what it is at. `rest` passes time.

    On a busy machine it may not get that far in a while: then it is measured beside what it does.

    The home gets notes that were not learned yet, or there might be nothing to train on.
    """
    write_notes(home.parent / "notes", range(NOTES))
    microtune(home, "sources", "add", str(home.parent / "notes"))
    microtune(home, "collect")
    child = Child(partial(command_line, Home(home), "train", "--minutes", MINUTES))
    try:
        end = time.monotonic() + PATIENCE_S
        while not (progress := _progress(home)) or not progress.curve:
            if (ended := child.ended()) is not None:
                sys.exit(f"no run began: {ended.why}")
            if progress and time.monotonic() > end:
                break
            rest(LOOK_S)
        yield progress.stage
    finally:
        child.leave()
        while child.ended() is None and time.monotonic() < end + 30:
            rest(LOOK_S)
        child.kill()


def _progress(home: Path) -> RunProgress | None:
    wiring = Wiring(Home(home))
    with wiring.store() as store:
        return seen_under_way(wiring, store).progress
