#!/usr/bin/env python3
"""What the daemon costs while nothing happens: memory and share of a core, over minutes.

    python scripts/bench/daemon_idle.py --minutes 10 --docs docs/benchmarks.md

It watches folders of empty notes, 50,000 files in 5 sources where nothing else is said. The count
begins once the first pass is over. A file is written before the measurement to see that events
arrive, and another after it.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from homes import PROGRAM, microtune
from report import add_docs_option, publish, table

PER_FOLDER = 100  # files
LOOK_S = 5.0
PATIENCE_S = 3600.0  # for the first pass, on a machine that does other work
WORDS = "Today I wrote a few lines about the weather, the garden and the ferry, number {}. "


def main() -> None:
    options = parsed()
    with tempfile.TemporaryDirectory(prefix="microtune-bench-", dir=options.work) as folder:
        result = measured(options, Path(folder))
    publish("daemon_idle", result, markdown(result), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--sources", type=int, default=5)
    parser.add_argument("--files", type=int, default=50_000)
    parser.add_argument("--work", type=Path, metavar="DIR", help="where the files are made")
    add_docs_option(parser)
    return parser.parse_args()


def measured(options: argparse.Namespace, work: Path) -> dict[str, Any]:
    """Make the sources, start a daemon on them, and look at it for as long as was asked."""
    home, each = work / "home", options.files // options.sources
    sources = [work / f"source-{number}" for number in range(options.sources)]
    for source in sources:
        write_notes(source, each)
        microtune(home, "sources", "add", str(source))
    with daemon(home) as process:
        note(sources[0], "before")
        first_event_s = until_documents(home, 1)
        settle(process)
        looks = list(look(process, options.minutes * 60))
        note(sources[-1], "after")
        last_event_s = until_documents(home, 2)
    spent = looks[-1]["cpu_s"] - looks[0]["cpu_s"]
    seconds = looks[-1]["at"] - looks[0]["at"]
    return {
        "sources": options.sources,
        "files": each * options.sources,
        "minutes": round(seconds / 60, 2),
        "rss_mb": round(max(one["rss"] for one in looks) / 1e6, 1),
        "rss_growth_mb": round((looks[-1]["rss"] - looks[0]["rss"]) / 1e6, 2),
        "core_share": spent / seconds,
        "wakeups_per_s": (looks[-1]["switches"] - looks[0]["switches"]) / seconds,
        "threads": looks[-1]["threads"],
        "first_pass_s": round(first_event_s, 1),
        "event_s": round(last_event_s, 2),
    }


def write_notes(source: Path, count: int) -> None:
    """Files without words, which are watched and read but never kept."""
    for number in range(count):
        folder = source / f"{number // PER_FOLDER:04}"
        if number % PER_FOLDER == 0:
            folder.mkdir(parents=True)
        (folder / f"{number}.txt").touch()


def note(source: Path, name: str) -> None:
    """A text that is worth keeping."""
    lines = (WORDS.format(f"{name} {number}") for number in range(12))
    (source / f"{name}.txt").write_text("".join(lines))


@contextmanager
def daemon(home: Path) -> Iterator[psutil.Process]:
    command = [sys.executable, "-c", PROGRAM, "daemon", "run", "--home", str(home)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as started:
        try:
            yield psutil.Process(started.pid)
        finally:
            started.terminate()


def until_documents(home: Path, count: int) -> float:
    """Seconds until so many documents are stored; each look starts a process, half a second."""
    began = time.monotonic()
    wait(lambda: microtune(home, "status").json()["documents"] >= count, "a document")
    return time.monotonic() - began


def settle(process: psutil.Process) -> None:
    """Wait until the pass has ended: the daemon has no child any more."""
    wait(lambda: not process.children(), "the end of the first pass")


def wait(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > end:
            sys.exit(f"never came: {what}")
        time.sleep(0.2)


def look(process: psutil.Process, seconds: float) -> Iterator[dict[str, float]]:
    """The daemon's own costs, now and then; what its children cost is not in them."""
    began = time.monotonic()
    while True:
        with process.oneshot():
            times = process.cpu_times()
            yield {
                "at": time.monotonic(),
                "cpu_s": times.user + times.system,
                "rss": process.memory_info().rss,
                "switches": process.num_ctx_switches().voluntary,
                "threads": process.num_threads(),
            }
        left = seconds - (time.monotonic() - began)
        if left <= 0:
            return
        time.sleep(min(LOOK_S, left))


def markdown(result: dict[str, Any]) -> str:
    rows = [
        ["resident memory at most, MB", result["rss_mb"], 80],
        ["growth of it, MB", result["rss_growth_mb"], 0],
        ["share of a core, %", f"{100 * result['core_share']:.3f}", 0.5],
        ["context switches a second", f"{result['wakeups_per_s']:.2f}", ""],
        ["threads", result["threads"], ""],
        ["from a saved file to the store, s", result["event_s"], 2],
    ]
    return (
        f"The daemon over {result['minutes']:g} minutes in which nothing happened: "
        f"{result['sources']} sources with {result['files']} files. From its start to the end of "
        f"its first pass: {result['first_pass_s']} s.\n\n" + table(["", "measured", "aim"], rows)
    )


if __name__ == "__main__":
    main()
