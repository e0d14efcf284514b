#!/usr/bin/env python3
"""A fault campaign: random kills, full disks and I/O errors at random moments of real commands.

    python scripts/bench/faults.py --faults 500 --seed 1 --results faults.jsonl

Each fault has a fresh home. A command (collect, train from scratch, train on from the active
adapter, the end of a training run where its adapter is promoted, `adapters use`) is disturbed at a
random moment; then the home is looked at, the same command runs to its end, and the home is
compared with that of an undisturbed run. docs/reliability.md says what is checked. With --results
each fault is kept on a line there, and the same command goes on after the last one; the report is
of all that the file holds, whatever the seed. Linux alone has the means; disks are filled where a
tmpfs can be mounted (as root), and fail where there is a C compiler.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fault_checks import Trial
from fault_children import start_server
from fault_draws import MIX, Fault, drawn
from fault_io import failing_disk
from fault_kinds import Means, Place, mount_disk, unmount_disk
from fault_scenes import JOBS, ME, CampaignStopped, Scenes, invented, read_mbox
from fault_tables import markdown, summary
from report import add_docs_option, publish

Row = dict[str, Any]


def main() -> None:
    os.environ["OMP_NUM_THREADS"] = "1"  # one order of additions: the same weights, bit for bit
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(75))  # not without unmounting the disk
    options = parsed()
    rows = list(kept(options.results))
    done = sum(row["seed"] == options.seed for row in rows)
    try:
        rows += campaign(options, range(done, options.faults)) if done < options.faults else []
    except CampaignStopped as error:
        sys.exit(f"an undisturbed command failed, so there is nothing to compare with: {error}")
    publish("faults", summary(rows), markdown(rows), options.docs)
    sys.exit(1 if any(row["problems"] for row in rows) else 0)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--faults", type=int, default=100, help="of this seed, earlier ones too")
    parser.add_argument("--seed", type=int, default=1, help="decides every fault")
    parser.add_argument("--jobs", nargs="+", default=MIX, choices=JOBS, help="drawn from these")
    parser.add_argument("--mbox", type=Path, metavar="SENT.mbox", help="to collect; else invented")
    parser.add_argument("--me", nargs="+", default=[ME], metavar="ADDRESS", help="whose it is")
    parser.add_argument("--messages", type=int, default=120, help="invented, for collect")
    parser.add_argument("--minutes", type=float, help="begin no further fault after so long")
    parser.add_argument("--results", type=Path, metavar="FILE.jsonl", help="kept from run to run")
    add_docs_option(parser)
    return parser.parse_args()


@contextmanager
def places() -> Iterator[tuple[Place, Path, Means]]:
    """Where commands run, a folder beside it, and whether the disk there can be filled or fail."""
    with tempfile.TemporaryDirectory(prefix="microtune-faults-") as name:
        work = Path(name)
        disk = work / "disk"
        disk.mkdir()
        can_fill = mount_disk(disk)
        try:
            io = failing_disk(work, disk, work / "outside")
            start_server(io.environment if io else {})
            place = Place(disk, disk / "home", work / "outside", io)
            yield place, work, Means(can_fill, io is not None)
        finally:
            if can_fill:
                unmount_disk(disk)


def campaign(options: argparse.Namespace, numbers: range) -> list[Row]:
    """Draw the faults of these numbers and play them."""
    with places() as (place, work, means):
        faults = [drawn(options.seed, number, means, options.jobs) for number in numbers]
        return played(options, place, work, faults)


def played(options: argparse.Namespace, place: Place, work: Path, faults: list[Fault]) -> list[Row]:
    """Play the faults one after the other; each is kept as soon as it has its verdict."""
    end = time.monotonic() + 60 * (options.minutes or float("inf"))
    scenes = Scenes(work, place, work / "engine.gguf")
    rows = []
    with closing(scenes.engine):
        messages = read_mbox(options.mbox) if options.mbox else list(invented(options.messages))
        built = scenes.build(messages, options.me, options.jobs)
        for fault in faults:
            if time.monotonic() > end:
                break
            row = {**asdict(fault), **Trial(scenes, built[fault.job], fault).verdict()}
            keep(options.results, row)
            rows.append(row)
            verdict = "; ".join(row["problems"]) or "whole"
            print(f"{fault.number}: {fault.kind}, {fault.job}: {verdict}", file=sys.stderr)
    return rows


def kept(results: Path | None) -> Iterator[Row]:
    """The faults of earlier runs, of all seeds; those of one seed are numbered from 0."""
    if results and results.exists():
        yield from map(json.loads, results.read_text("utf-8").splitlines())


def keep(results: Path | None, row: Row) -> None:
    if results:
        with results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
