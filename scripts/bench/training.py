#!/usr/bin/env python3
"""microtune's trainer against `transformers.Trainer` + peft: same base, examples, rank, batch.

    python scripts/bench/training.py PERSON --base pocket --steps 80 --rounds 3

Every run is a process of its own, and the contestants take turns, so that what else the machine
does befalls all alike. All train once on the same examples, in as many steps: microtune in packed
rows, the Trainer in batches of whole examples padded to their longest, with the same number of
examples a step on average. Tokens are those of the examples, without padding. Timed is the
training loop alone; peak memory is that of the whole process. Held-out loss is that of the trained
model, in nats a token, on the person's held-out texts.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from contests import attempted, in_turn
from homes import collect_person
from measured import measure
from report import add_docs_option, publish
from training_tables import markdown, speedups

HERE = Path(__file__).parent
SCRIPTS = {
    "microtune": ["training_microtune.py"],
    "trainer": ["training_transformers.py"],
    "grouped": ["training_transformers.py", "--grouped"],
    "layers": ["training_transformers.py", "--grouped", "--layers"],
}
NAMES = {
    "microtune": "microtune",
    "trainer": "Trainer",
    "grouped": "Trainer, grouped by length",
    "layers": "Trainer, grouped, the same layers",
}


def main() -> None:
    options = parsed()
    with tempfile.TemporaryDirectory(prefix="microtune-bench-") as work:
        data = prepared(options, Path(work))
        about = json.loads(data.with_suffix(".about.json").read_text("utf-8"))
        precisions = options.precision or sorted({"fp32", about["quickest"]}, reverse=True)
        contests = [(name, precision) for precision in precisions for name in options.only]
        runs = rounds(data, contests, options.rounds)
    result = {**about, "runs": runs, "speedups": speedups(runs, about["quickest"])}
    publish("training", result, markdown(result), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("person", type=Path, metavar="PERSON", help="a folder or mailbox of texts")
    parser.add_argument("--base", default="pocket", metavar="NAME|FILE.gguf")
    parser.add_argument("--steps", type=int, default=80, help="of each run")
    parser.add_argument("--rounds", type=int, default=3, help="how often each contestant runs")
    parser.add_argument(
        "--precision",
        nargs="+",
        choices=("fp32", "bf16"),
        help="default: fp32, and bf16 where it is the quicker one here",
    )
    parser.add_argument("--only", nargs="+", choices=list(SCRIPTS), default=list(SCRIPTS))
    add_docs_option(parser)
    return parser.parse_args()


def prepared(options: argparse.Namespace, work: Path) -> Path:
    """Collect the person's texts and write the examples that all contestants train on."""
    data = work / "examples.json"
    collect_person(work / "home", options.person, options.base, work)
    script = HERE / "training_examples.py"
    measure([sys.executable, script, work / "home", data, str(options.steps)])
    return data


def rounds(data: Path, contests: list[tuple[str, str]], count: int) -> list[dict[str, Any]]:
    """One entry for each contestant (a script and a precision), with the median of its runs."""
    measured = in_turn(contests, count, lambda contest: run(data, *contest))
    return [
        {"trainer": NAMES[name], "precision": precision, **middle(measured[name, precision])}
        for name, precision in contests
    ]


def run(data: Path, name: str, precision: str) -> dict[str, Any]:
    script, *more = SCRIPTS[name]
    return attempted([sys.executable, HERE / script, data, precision, *more])


def middle(measured: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians over the runs of one contestant; `range` is of tokens a second."""
    for one in measured:
        if "failed" in one:
            return one
    speeds = [one["tokens"] / one["seconds"] for one in measured]
    answers = [one["answer_tokens"] / one["seconds"] for one in measured]
    return {
        "tokens_per_s": round(median(speeds), 1),
        "range": [round(min(speeds), 1), round(max(speeds), 1)],
        "answer_tokens_per_s": round(median(answers), 1),
        "peak_mb": median(one["peak_mb"] for one in measured),
        **{
            key: measured[0][key] for key in ("tokens", "answer_tokens", "steps", "loss", "heldout")
        },
    }


if __name__ == "__main__":
    main()
