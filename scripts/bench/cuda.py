#!/usr/bin/env python3
"""microtune's trainer against `transformers.Trainer` + peft on a GPU: speed, MFU and memory.

    python scripts/bench/cuda.py --batch 2 16 --steps 30 --rounds 2

Every run is a process of its own, and the contestants take turns. All train on one base of random
weights, made on the device, and once on the same random examples (see `cuda_examples`): microtune
in packed rows, `--batch` of them a step, the Trainer in batches of whole examples padded to their
longest, as many a step on average. Tokens are those of the examples, without padding. Timed is the
training loop after three steps; the GPU's peak memory is that of training, without making the base.
MFU is a share of what a large product of matrices reaches on the same device, and counts for all
alike what `cuda_shape.useful_operations` says. `--shape tiny --device cpu` rehearses it all.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cuda_examples import ROW, lengths, task
from cuda_shape import SHAPES, useful_operations
from cuda_tables import markdown, middle, ratios
from measured import CommandFailed, measure
from report import add_docs_option, publish

from microtune_adapters.recipes import Recipe

HERE = Path(__file__).parent
SCRIPTS = {
    "microtune": ["cuda_microtune.py"],
    "trainer": ["cuda_trainer.py"],
    "grouped": ["cuda_trainer.py", "--grouped"],
    "microtune-4bit": ["cuda_microtune.py", "--four-bit"],
    "trainer-4bit": ["cuda_trainer.py", "--four-bit"],
}
NAMES = {
    "microtune": "microtune",
    "trainer": "Trainer + peft",
    "grouped": "Trainer + peft, grouped by length",
    "microtune-4bit": "microtune",
    "trainer-4bit": "Trainer + peft",
}
FOUR_BIT = [name for name in SCRIPTS if name.endswith("4bit")]
Contest = tuple[str, int]  # a contestant, and rows a step


def main() -> None:
    options = parsed()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    over = time.monotonic() + options.within
    try:
        ceiling = measure([sys.executable, HERE / "cuda_ceiling.py", options.device]).json()
    except CommandFailed as error:
        sys.exit(f"the device could not be measured: {error}")
    print(f"ceiling: {ceiling}", file=sys.stderr, flush=True)
    names, skipped = able(options.only, options.device)
    tasks = {batch: task_of(options, batch) for batch in options.batch}
    contests = [(name, batch) for batch in options.batch for name in names]
    measured = rounds(tasks, contests, options.rounds, over)
    runs = [
        {**about(contest, options.device), **middle(measured[contest], ceiling["tflops"])}
        for contest in contests
    ]
    result = {
        "shape": {"name": options.shape, "linear": SHAPES[options.shape].linear},
        "batches": [batch_said(one) for one in tasks.values()],
        "ceiling": ceiling,
        "runs": runs,
        "ratios": ratios(runs),
        "skipped": skipped,
    }
    publish("cuda", result, markdown(result), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--shape", choices=list(SHAPES), default="qwen3-1.7b")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--batch", nargs="+", type=int, default=[2, 16], help="rows a step")
    parser.add_argument("--steps", type=int, default=30, help="of each run, that are timed")
    parser.add_argument("--rounds", type=int, default=2, help="how often each contestant runs")
    parser.add_argument(
        "--within", type=float, default=3600, metavar="SECONDS", help="begin no run after that"
    )
    parser.add_argument("--only", nargs="+", choices=list(SCRIPTS), default=list(SCRIPTS))
    add_docs_option(parser)
    return parser.parse_args()


def able(names: list[str], device: str) -> tuple[list[str], list[str]]:
    """Who can run here, and a line on each of those who cannot."""
    missing = "a GPU" if device == "cpu" else "" if find_spec("bitsandbytes") else "bitsandbytes"
    left_out = [name for name in names if missing and name in FOUR_BIT]
    lines = [f"{NAMES[name]} on a 4-bit base was skipped: it needs {missing}." for name in left_out]
    for line in lines:
        print(line, file=sys.stderr, flush=True)
    return [name for name in names if name not in left_out], lines


def recipe(device: str, batch: int) -> Recipe:
    """microtune's for large bases, without what holds an adapter to its base on general text."""
    precision = "fp32" if device == "cpu" else "bf16"
    return Recipe(learning_rate=2e-4, row=ROW, batch=batch, precision=precision, anchor=0.0)


def task_of(options: argparse.Namespace, batch: int) -> dict[str, Any]:
    shape, device = options.shape, options.device
    made = task(shape, SHAPES[shape].vocabulary, device, batch, options.steps)
    return {**made, "recipe": recipe(device, batch).to_dict()}


def batch_said(one: dict[str, Any]) -> dict[str, Any]:
    """What can be told of a task."""
    counted = lengths(one["timed"])
    return {
        "batch": one["batch"],
        "row": ROW,
        "rank": one["recipe"]["rank"],
        "examples_a_step": one["examples_a_step"],
        "examples": len(counted),
        "tokens": sum(tokens for tokens, _ in counted),
        "answer_tokens": sum(answer for _, answer in counted),
    }


def work(one: dict[str, Any]) -> int:
    return useful_operations(SHAPES[one["shape"]], one["recipe"]["rank"], lengths(one["timed"]))


def about(contest: Contest, device: str) -> dict[str, Any]:
    name, batch = contest
    plain = "fp32" if device == "cpu" else "bf16"
    base = "nf4" if name in FOUR_BIT else plain
    return {"contestant": name, "trainer": NAMES[name], "base": base, "batch": batch}


def rounds(
    tasks: dict[int, dict[str, Any]], contests: list[Contest], count: int, over: float
) -> dict[Contest, list[dict[str, Any]]]:
    """Each contestant's runs, in turns. None begins after `over`, nor after one that failed."""
    measured: dict[Contest, list[dict[str, Any]]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="microtune-bench-") as folder:
        for batch, one in tasks.items():
            (Path(folder) / f"{batch}.json").write_text(json.dumps(one))
        for number in range(count):
            for contest in contests if number % 2 == 0 else reversed(contests):
                done = measured[contest]
                if time.monotonic() > over or any("failed" in run for run in done):
                    continue
                made = run(Path(folder) / f"{contest[1]}.json", contest[0])
                done.append({**made, "operations": work(tasks[contest[1]])})
                print(f"round {number + 1}: {contest} {done[-1]}", file=sys.stderr, flush=True)
    return measured


def run(given: Path, name: str) -> dict[str, Any]:
    script, *more = SCRIPTS[name]
    try:
        cost = measure([sys.executable, HERE / script, given, *more])
    except CommandFailed as error:
        return {"failed": str(error)}
    return {**cost.json(), "host_mb": cost.peak_mb, "whole_seconds": round(cost.seconds, 1)}


if __name__ == "__main__":
    main()
