"""What share of a core work of the lowest priority takes beside somebody's busy process on it.

    python scripts/bench/beside.py KIND BASE LIFELINE

is that work, as the daemon starts it: a loop in the process itself ("training"), or the scoring of
a text in the engine's own process ("measuring").
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

KINDS = ("training", "measuring")
SETTLE_S = 3.0
TEXT = "The ferry was late, so we walked along the harbour and talked about the garden. " * 8


def shares(base: Path, seconds: float) -> list[dict[str, Any]]:
    """For each kind of work its share and the busy process's, both of one core (Linux only)."""
    if sys.platform != "linux":
        return []
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})  # what is started from here on inherits it
    try:
        return [share(kind, base, seconds) for kind in KINDS]
    finally:
        os.sched_setaffinity(0, before)


def share(kind: str, base: Path, seconds: float) -> dict[str, Any]:
    with low(kind, base) as ours, busy() as theirs:
        time.sleep(SETTLE_S)
        began, mine, others = time.monotonic(), spent(ours), spent(theirs)
        time.sleep(seconds)
        took = time.monotonic() - began
        mine, others = spent(ours) - mine, spent(theirs) - others
    return {"work": kind, "share": mine / took, "busy": others / took}


@contextmanager
def low(kind: str, base: Path) -> Iterator[psutil.Process]:
    """The work as a child of the daemon; once it is at it."""
    from microtune.daemon.child import Child

    script = str(Path(__file__))
    child = Child(lambda lifeline: [sys.executable, script, kind, str(base), str(lifeline)])
    process = psutil.Process(child.pid)
    try:
        while spent(process) < 1.0 or (kind == "measuring" and not process.children()):
            if child.ended():
                sys.exit(f"the work beside a busy process failed: {child.ended()}")
            time.sleep(0.1)
        yield process
    finally:
        child.kill()
        while not child.ended():
            time.sleep(0.05)


@contextmanager
def busy() -> Iterator[psutil.Process]:
    """Somebody's own program, in a session of its own as a terminal's or a desktop's is."""
    with subprocess.Popen(
        [sys.executable, "-c", "while True: pass"], start_new_session=True
    ) as process:
        try:
            yield psutil.Process(process.pid)
        finally:
            process.kill()


def spent(process: psutil.Process) -> float:
    """Seconds of processor time that it and its children took so far."""
    family = [process, *process.children()]
    return sum(times.user + times.system for times in (one.cpu_times() for one in family))


def work(kind: str, base: Path) -> None:
    """Until it is killed."""
    from microtune.contracts import Turn
    from microtune.daemon.priority import be_last
    from microtune_adapters.engine.remote import RemoteEngine

    be_last()
    if kind == "training":
        while True:
            pass
    engine = RemoteEngine(base, n_threads=1)
    while True:
        engine.score([Turn("user", "tea")], TEXT)


if __name__ == "__main__":
    work(sys.argv[1], Path(sys.argv[2]))
