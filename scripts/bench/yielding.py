#!/usr/bin/env python3
"""How soon a training run leaves when somebody needs the machine, and whether it loses anything.

    python scripts/bench/yielding.py --rounds 4 --docs docs/benchmarks.md

A daemon trains on invented notes. At a random moment one of its conditions stops holding: a reading
of its sensors is changed, or, for the processor, busy processes are started. Timed is how long the
run's processes stay; then all is calm, and the run goes on. In the end its weights are compared
with those of the same run that nothing ever disturbed. Beside that, on Linux: which share of a core
work of the daemon takes while a busy process of somebody else is on the same one.
"""

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

from beside import shares
from homes import choose_base, microtune
from invented_notes import write_notes
from report import add_docs_option, publish, table
from yielding_daemon import Resident, Watched, until_gone

from microtune.daemon.readings import Battery, Heat
from microtune.locations import Home

QUIET = "09:00-17:00"
READINGS: dict[str, dict[str, Any]] = {
    "input": {"input_idle_s": 0.0},
    "power": {"battery": Battery(60.0, on_mains=False)},
    "temperature": {"heat": Heat("cpu", 94.0, 95.0)},
    "quiet hours": {"time_of_day": time_of_day(9, 0)},
    "memory": {"memory_mb": 200},
    "disk": {"disk_mb": 200},
}
PROCESSOR = "processor"
CHANGES = [*READINGS, PROCESSOR]
LATEST_S = 3.0  # of processor time, into the steps of a run
MEASURING = 3  # times that it is disturbed while it measures


def main() -> None:
    options = parsed()
    with tempfile.TemporaryDirectory(prefix="microtune-bench-", dir=options.work) as folder:
        result = measured(options, Path(folder))
    publish("yielding", result, markdown(result), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=4, help="times for each condition")
    parser.add_argument("--only", nargs="+", choices=CHANGES, default=CHANGES, metavar="CONDITION")
    parser.add_argument("--notes", type=int, default=600, help="documents to train on")
    parser.add_argument("--minutes", type=float, default=6.0, help="of the run's training loop")
    parser.add_argument("--seconds", type=float, default=20.0, help="beside a busy process; 0: not")
    parser.add_argument("--seed", type=int, default=1, help="of the random moments")
    parser.add_argument("--base", default="pocket", help="a name, or a GGUF file")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where the homes are made")
    add_docs_option(parser)
    return parser.parse_args()


def measured(options: argparse.Namespace, work: Path) -> dict[str, Any]:
    home = Home(work / "home")
    base = prepared(home, work / "notes", options)
    beside = shares(base_file(home), options.seconds) if options.seconds else []
    resident, copy = Resident(home), Home(work / "undisturbed")
    with resident.running():
        # a run that came to its end by itself at that very moment did not yield
        trials = [one for one in disturbed(resident, copy, options) if one["code"]]
        adapter = resident.judged()
    undisturbed = microtune(copy.path, "train").json()
    return {
        "base": base,
        "notes": options.notes,
        "trials": trials,
        "steps": undisturbed["steps"],
        "difference": difference(home, adapter, copy, undisturbed["adapter"]),
        "beside": beside,
    }


def prepared(home: Home, notes: Path, options: argparse.Namespace) -> dict[str, Any]:
    base = choose_base(home.path, options.base)
    write_notes(notes, range(options.notes))
    microtune(home.path, "sources", "add", str(notes))
    microtune(home.path, "collect")
    wanted = ("new_words=1", f"quiet_hours={QUIET}", f"minutes={options.minutes}")
    microtune(home.path, "daemon", "settings", *wanted)
    return base


def base_file(home: Home) -> Path:
    from microtune_tui.wiring import Wiring

    return Wiring(home, print).base().path


# Disturbing -------------------------------------------------------------------------------------


def disturbed(
    resident: Resident, copy: Home, options: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    """Each condition in turn amid the steps, in as many rounds; then once each on the way there,
    while torch and the base are loaded; at last a few times while the run measures."""
    chance, names = random.Random(options.seed), options.only
    way = resident.to_the_first_step()
    for name in names * options.rounds:
        if run := resident.at_work(way + chance.uniform(0.0, LATEST_S)):
            yield trial(resident, name, "training", run)
        if not copy.path.exists():
            copy_undisturbed(resident.home, copy)
    for name in names:
        if run := resident.at_work(chance.uniform(0.05, way)):
            yield trial(resident, name, "loading", run)
    for name in names[-MEASURING:]:
        if run := resident.measuring():
            time.sleep(chance.uniform(0.0, 1.0))
            yield trial(resident, name, "measuring", run)


def trial(resident: Resident, name: str, stage: str, run: Watched) -> dict[str, Any]:
    """One condition stops holding, until the run is gone."""
    if name == PROCESSOR:
        del resident.machine["others"]  # what the sensors say
        with busy_processor() as start:
            seconds = until_gone(run, start)
    else:
        seconds = until_gone(run, lambda: resident.machine.update(READINGS[name]))
    while run.end is None:
        time.sleep(0.01)
    return {"condition": name, "stage": stage, "seconds": round(seconds, 3), "code": run.end.code}


@contextmanager
def busy_processor() -> Iterator[Callable[[], None]]:
    """What starts a busy process for each core; they are ended in the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        program = [sys.executable, "-c", "while True: pass"]
        started.extend(subprocess.Popen(program) for _ in range(os.cpu_count() or 1))

    try:
        yield start
    finally:
        for process in started:
            process.kill()
            process.wait()


# The run that nothing disturbs ------------------------------------------------------------------


def copy_undisturbed(home: Home, copy: Home) -> None:
    """The home as it stands, with the run's plan but from its first step on."""
    shutil.copytree(home.path, copy.path)
    for checkpoint in copy.runs.glob("*/checkpoint*"):
        checkpoint.unlink()


def difference(home: Home, adapter: str, copy: Home, other: str) -> float:
    """The largest one between two adapters' weights."""
    from microtune_adapters.peft_format import read_peft

    one, two = read_peft(home.adapters / adapter), read_peft(copy.adapters / other)
    return max(
        float(abs(a - b).max())
        for name in one.modules
        for a, b in zip(one.modules[name], two.modules[name], strict=True)
    )


# The page ---------------------------------------------------------------------------------------


def markdown(result: dict[str, Any]) -> str:
    trials = result["trials"]
    seconds = [one["seconds"] for one in trials]
    heads = ("what changes", "times", "median, s", "longest, s", "saved its state", "was ended")
    names = {(one["condition"], one["stage"]) for one in trials}
    rows = [
        row(trials, name, stage)
        for stage in ("training", "loading", "measuring")
        for name in CHANGES
        if (name, stage) in names
    ]
    parts = [
        f"Base: {result['base']['base']}, SHA-256 {result['base']['sha256'][:12]}; "
        f"{result['notes']} invented notes, a run of {result['steps']} steps.",
        table(heads, rows),
        f"All {len(trials)}: median {statistics.median(seconds):.2f} s, longest "
        f"{max(seconds):.2f} s. The weights in which the run ended differ from those of the "
        f"undisturbed one by at most {result['difference']:.1g}.",
    ]
    if result["beside"]:
        heads = ("work of the daemon beside a busy process", "share of the core", "left to it")
        cells = ([b["work"], f"{b['share']:.1%}", f"{b['busy']:.1%}"] for b in result["beside"])
        parts.append(table(heads, cells))
    return "\n\n".join(parts)


def row(trials: list[dict[str, Any]], name: str, stage: str) -> list[object]:
    mine = [one for one in trials if (one["condition"], one["stage"]) == (name, stage)]
    seconds = [one["seconds"] for one in mine]
    saved = sum(one["code"] == 75 for one in mine)
    return [
        name if stage == "training" else f"{name}, while {stage}",
        len(mine),
        f"{statistics.median(seconds):.2f}",
        f"{max(seconds):.2f}",
        saved,
        len(mine) - saved,
    ]


if __name__ == "__main__":
    main()
