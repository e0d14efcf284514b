"""Puts the daemon together for one home: what the loop needs done, and by which processes.

This is the daemon's part of the composition root; `wiring` holds what all commands share.
"""

import json
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

from microtune.contracts import Change, Watch
from microtune.daemon.child import Child
from microtune.daemon.clock import SystemClock
from microtune.daemon.collaborators import Chosen, Collaborators
from microtune.daemon.loop import Daemon
from microtune.daemon.sensors import Sensors
from microtune.locations import Home
from microtune.words import Source
from microtune_adapters.bases import pocket_path
from microtune_tui.desktop import notify
from microtune_tui.wiring import Wiring

FEWEST_MB, MB_FOR_MB_OF_BASE = 1500, 12  # a run's memory before any has been measured
DRAFTING_MB = 500  # and besides twice the base, what drafting takes at most


def daemon(wiring: Wiring, tell: Callable[[str], None]) -> Daemon:
    """The daemon of the wiring's home; `tell` gets a line for each thing that happens."""
    return Daemon(wiring.home, collaborators(wiring, tell))


def collaborators(wiring: Wiring, tell: Callable[[str], None]) -> Collaborators:
    """What the daemon of the wiring's home has done by others; nothing is opened yet."""
    home = wiring.home
    return Collaborators(
        watch=_watch,
        collect=partial(_collect, home),
        train=partial(_train, home),
        chosen=partial(chosen, wiring),
        read=Sensors(home.path).read,
        clock=SystemClock(),
        announce=notify,
        tell=tell,
        prepare=partial(_prepare, home),
    )


def chosen(wiring: Wiring) -> Chosen:
    """Which base is chosen, and whether the active adapter fits it."""
    settings, active = wiring.chosen(), wiring.library.active()
    if settings is None:
        return Chosen()
    path = Path(settings.base_path)
    base = path if path.is_absolute() else pocket_path()
    return Chosen(
        base_sha256=settings.base_sha256,
        misfit=active is not None and active.base_sha256 != settings.base_sha256,
        memory_mb=FEWEST_MB + MB_FOR_MB_OF_BASE * _megabytes(base),
        adapter=active.id if active else "",
        drafting_mb=DRAFTING_MB + 2 * _megabytes(base),
    )


@contextmanager
def steered_by_signals(daemon: Daemon) -> Iterator[None]:
    """SIGTERM and SIGINT stop it, SIGHUP has it reload."""
    handlers = {
        signal.SIGTERM: daemon.stop,
        signal.SIGINT: daemon.stop,
        signal.SIGHUP: daemon.reload,
    }
    before = {kind: signal.getsignal(kind) for kind in handlers}

    def act(kind: int, frame: FrameType | None) -> None:
        handlers[signal.Signals(kind)]()

    for kind in handlers:
        signal.signal(kind, act)
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _watch(sources: Sequence[Source]) -> Watch:
    from microtune_collectors.imap_watches import with_accounts
    from microtune_collectors.watching import watch

    return with_accounts(watch(sources), sources)


def _collect(home: Home, changes: Sequence[Change]) -> Child:
    """A process of its own, because curation takes more memory than a resident one may hold."""
    given = json.dumps([[change.source, change.place] for change in changes])
    return Child(partial(command_line, home, "daemon", "collect"), given)


def _train(home: Home, minutes: float) -> Child:
    return Child(partial(command_line, home, "train", "--minutes", str(minutes)))


def _prepare(home: Home) -> Child:
    return Child(partial(command_line, home, "today", "prepare"))


def command_line(home: Home, *words_and_lifeline: str | int, asked: bool = False) -> list[str]:
    """A command as a child, see `microtune_tui.background`."""
    *words, lifeline = map(str, words_and_lifeline)
    return [
        *(sys.executable, "-m", "microtune_tui.background", lifeline, *(["--asked"] * asked)),
        *(*words, "--home", str(home.path), "--json"),
    ]


def _megabytes(path: Path) -> int:
    try:
        return path.stat().st_size // 1_000_000
    except OSError:
        return 0
