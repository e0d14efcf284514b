#!/usr/bin/env python3
"""A soak: the daemon on a compressed clock, while others write to its sources and disturb it.

    python scripts/bench/soak.py --minutes 60 --speed 240 --seed 1 --docs docs/reliability.md

Five writers write, edit, rename and delete in five sources for as long as was asked. Meanwhile the
daemon is killed, stopped, paused, unplugged from its sources; what it holds is looked at every few
seconds. Then everything that was written must be in the store: once, in its newest version, and
nothing else. Leaves with 1 if it is not, or if anything else went wrong. docs/reliability.md says
what is compressed and what is checked.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil
from fault_base import write_tiny_base
from fault_scenes import letter
from report import add_docs_option, publish
from soak_clock import passed
from soak_end import end
from soak_samples import Sample, figures, keep, look
from soak_scene import Writers, set_up
from soak_tables import markdown
from soak_troubles import DidNotStart, Place, Resident, Troubles, lift

LOOK_S, LIFT_S = 5.0, 0.3
ENDINGS_UNTIL = 1 / 3  # of the time; then one life is long enough to see whether it grows
STATED = ("minutes", "speed", "seed", "pause", "between", "lift")


def main() -> None:
    os.environ["OMP_NUM_THREADS"] = "1"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(75))  # and leave no daemon behind
    options = parsed()
    with tempfile.TemporaryDirectory(prefix="microtune-soak-", dir=options.work) as folder:
        result = soaked(options, Path(folder))
    publish("soak", result, markdown(result), options.docs)
    sys.exit(1 if result["problems"] else 0)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=60.0, help="of writing and disturbing")
    parser.add_argument("--speed", type=float, default=240.0, help="of the daemon's clock")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pause", type=float, default=20.0, help="of a writer, seconds on average")
    parser.add_argument("--between", type=float, default=40.0, help="two disturbances, likewise")
    parser.add_argument("--lift", action="store_true", help="the priority of jobs: see there")
    parser.add_argument("--samples", type=Path, metavar="FILE.jsonl", help="keep every look there")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where it all happens")
    add_docs_option(parser)
    return parser.parse_args()


def soaked(options: argparse.Namespace, work: Path) -> dict[str, Any]:
    """The whole of it, in `work`."""
    place = Place(work, work / "home", work / "temporary", work / "clock", options.speed)
    base = write_tiny_base(work / "tiny.gguf", map(letter, range(400)))
    writers = Writers(work, place.home, options.seed, options.pause)
    set_up(place, base)
    resident = Resident(place)
    troubles = Troubles(place, resident, writers.roots, random.Random(f"{options.seed} troubles"))
    writers.start()
    over = threading.Event()
    if options.lift:
        threading.Thread(target=lift_all, args=(resident, over)).start()
    try:
        samples = run(options, place, resident, troubles)
        ended = end(place, resident, troubles, writers)
    finally:
        over.set()
        writers.kill()
        resident.kill()
    stated = {name: getattr(options, name) for name in STATED}
    return {**stated, **ended, "memory": figures(samples), "troubles": troubles.done}


def lift_all(resident: Resident, over: threading.Event) -> None:
    while not over.wait(LIFT_S):
        lift(resident.process)


def run(
    options: argparse.Namespace, place: Place, resident: Resident, troubles: Troubles
) -> list[Sample]:
    """Disturb and look, until the time is over."""
    began, over = time.monotonic(), threading.Event()
    seconds = options.minutes * 60
    disturbing = threading.Thread(target=disturb, args=(troubles, options.between, over, seconds))
    disturbing.start()
    samples = []
    try:
        while (at := time.monotonic() - began) < seconds:
            life, clock = resident.life, passed(place.clock)
            sample = look(resident.process, place.home, place.temporary, at, life, clock)
            if sample:
                samples.append(sample)
                if options.samples:
                    keep(options.samples, sample)
            time.sleep(LOOK_S)
    finally:
        over.set()
        disturbing.join()
    return samples


def disturb(troubles: Troubles, between_s: float, over: threading.Event, seconds: float) -> None:
    """One disturbance after another; those that end the daemon in the first part only."""
    began = time.monotonic()
    while not over.wait(troubles.chance.expovariate(1 / between_s)):
        endings = time.monotonic() - began < seconds * ENDINGS_UNTIL
        try:
            troubles.one(endings)
        except (DidNotStart, OSError, psutil.Error) as error:
            troubles.problems.append(str(error))


if __name__ == "__main__":
    main()
