"""microtune's commands in processes that can be killed, forked from one that has imported all.

So a command costs what it does and not the seconds that torch takes to import. The command line
is the real one; only its commits and checkpoints come closer together than in everyday use, so
that a random moment often falls between two of them, and the engine's process is forked too.
"""

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import psutil
from fault_moments import Used

PRELOADED = ["__main__", "fault_warm"]
PATIENCE_S = 120.0  # for one command on a busy machine
POLL_S = 0.02
BATCH_ITEMS = 10  # messages to a commit


def start_server(environment: Mapping[str, str]) -> None:
    """Start the process that commands are forked from; they alone get these variables."""
    kept = dict(os.environ)
    places = os.pathsep.join(os.path.abspath(place) for place in sys.path if place)
    os.environ.update({"PYTHONPATH": places, **environment})  # else PRELOADED is not found
    try:
        forkserver.set_forkserver_preload(PRELOADED)
        forkserver.ensure_running()
    finally:
        os.environ.clear()
        os.environ.update(kept)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: `code` is negative for a signal."""

    code: int
    out: str
    error: str

    @property
    def facts(self) -> dict[str, Any]:
        """The JSON object on standard output; empty where there is none."""
        try:
            return dict(json.loads(self.out))
        except ValueError:
            return {}


class Command:
    """`microtune ARGUMENTS --home HOME --json`, started when this is made."""

    def __init__(self, home: Path, said: Path, *arguments: str) -> None:
        """Output goes below `said`, which lies on another file system than the home."""
        self._out, self._error = said / "out", said / "error"
        self._out.unlink(missing_ok=True)
        given = [*arguments, "--home", str(home), "--json"]
        self._process: ForkServerProcess = multiprocessing.get_context("forkserver").Process(
            target=run_command, args=(given, self._out, self._error)
        )
        self._process.start()
        self.used = Used(self.pid)

    @property
    def pid(self) -> int:
        return int(self._process.pid or 0)

    def await_begin(self) -> None:
        """Until the command line has the process; faults before that would be ours alone."""
        while not self._out.exists() and self.running:
            time.sleep(0.002)

    @property
    def running(self) -> bool:
        return self._process.is_alive()

    def kill(self) -> list[int]:
        """SIGKILL to this process alone; the ids of its children that did not end by themselves."""
        try:
            children = psutil.Process(self.pid).children(recursive=True)
        except psutil.Error:
            children = []
        self._process.kill()
        _, left = psutil.wait_procs(children, timeout=10.0)
        for orphan in left:
            orphan.kill()
        return [orphan.pid for orphan in left]

    def end(self, meanwhile: Callable[[], object] = lambda: None) -> Ended:
        """Wait for the end, calling `meanwhile` every few milliseconds; a hang is killed."""
        waited = 0.0
        while self.running and waited < PATIENCE_S:
            meanwhile()
            self._process.join(POLL_S)
            waited += POLL_S
        if self.running:
            self.kill()
        self._process.join()
        code = self._process.exitcode
        self._process.close()
        return Ended(-1 if code is None else code, _text(self._out), _text(self._error))


def run(home: Path, said: Path, *arguments: str) -> Ended:
    """A command to its end, undisturbed."""
    return Command(home, said, *arguments).end()


def run_command(arguments: list[str], out: Path, error: Path) -> None:
    """What the child does: the command line, with its output in two files."""
    from fault_worker import ForkedSubprocess

    from microtune import source_pass
    from microtune_adapters import precision, trainer_loop
    from microtune_adapters.engine import process
    from microtune_tui.cli import run as run_line

    source_pass.BATCH_ITEMS = BATCH_ITEMS
    trainer_loop.CHECKPOINT_SECONDS = 0.0
    precision.quickest = lambda: "fp32"  # it is measured, and the curves are to be comparable
    process.subprocess = ForkedSubprocess
    with error.open("w") as sys.stderr, out.open("w") as sys.stdout:
        code = run_line(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)  # the forking server's own clean-up is none of the command's


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""
