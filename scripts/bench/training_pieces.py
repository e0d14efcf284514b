#!/usr/bin/env python3
"""What each piece of the trainer is worth: a step with it and a step without it, in turn.

    python scripts/bench/training_pieces.py PERSON --base pocket --rounds 3

Every measurement is a process of its own (`training_piece.py`), and they take turns, so that what
else the machine does befalls all alike. Peak memory is that of the whole process. Below stands
where the time of a step goes, by torch's profiler, and how quickly the machine multiplies.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, median
from typing import Any

from contests import attempted, in_turn
from measured import measure
from report import add_docs_option, publish, table
from training import prepared

HERE = Path(__file__).parent
WHOLE = ""
SAID = {
    WHOLE: "as in a run",
    "padding": "examples padded to the longest, not packed",
    "masked attention": "attention over whole rows, masked",
    "peft's projections": "peft's own adapted projections",
    "logits at once": "logits of all answer places at once",
    "logits everywhere": "logits of prompts, too",
    "last block everywhere": "the last feed-forward block at all places",
    "all layers": "all layers adapted",
    "computed again": "layers computed again for their gradients",
    "states known": "what enters the adapted layers known",
    "torch.compile": "torch.compile",
    "bf16": "bf16",
}


def main() -> None:
    options = parsed()
    with tempfile.TemporaryDirectory(prefix="microtune-bench-") as work:
        data = prepared(options, Path(work))
        runs = rounds(data, options.only, options.rounds)
        profile = measure([sys.executable, HERE / "training_profile.py", data]).json()
        about = json.loads(data.with_suffix(".about.json").read_text("utf-8"))
    result = {**about, "pieces": runs, "profile": profile}
    publish("training-pieces", result, markdown(result), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("person", type=Path, metavar="PERSON", help="a folder or mailbox of texts")
    parser.add_argument("--base", default="pocket", metavar="NAME|FILE.gguf")
    parser.add_argument("--steps", type=int, default=20, help="to make examples for")
    parser.add_argument("--rounds", type=int, default=3, help="how often each piece is measured")
    pieces = [name for name in SAID if name != WHOLE]
    parser.add_argument("--only", nargs="+", choices=pieces, default=pieces, metavar="PIECE")
    add_docs_option(parser)
    return parser.parse_args()


def rounds(data: Path, pieces: Sequence[str], count: int) -> list[dict[str, Any]]:
    """One entry for a whole step and for each piece."""

    def run(piece: str) -> dict[str, Any]:
        return attempted([sys.executable, HERE / "training_piece.py", data, piece])

    measured = in_turn([WHOLE, *pieces], count, run)
    return [{"piece": piece, **quickest(runs)} for piece, runs in measured.items()]


def quickest(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The mean step, each batch's the quickest of all rounds; medians of the rest."""
    for run in runs:
        if "failed" in run:
            return run
    steps = zip(*(run["steps"] for run in runs), strict=True)
    rest = {key: median(run[key] for run in runs) for key in ("first", "loss", "peak_mb")}
    return {"step": fmean(map(min, steps)), **rest}


def markdown(result: Mapping[str, Any]) -> str:
    base, (whole, *_) = result["base"], result["pieces"]
    about = (
        f"Base: {base['name']}, {base['parameters'] / 1e6:.1f} M parameters, SHA-256 "
        f"{base['sha256'][:12]}; torch threads: {result['threads']}; fp32 where it does not say "
        "otherwise."
    )
    head = ["a step", "seconds", "times as in a run", "peak MB", "first step, s"]
    cells = [_row(run, whole) for run in result["pieces"]]
    return "\n\n".join((about, table(head, cells), _profile(result["profile"])))


def _row(run: Mapping[str, Any], whole: Mapping[str, Any]) -> list[object]:
    name = SAID[run["piece"]]
    if "failed" in run:
        return [name, f"failed: {run['failed']}", "", "", ""]
    times = run["step"] / whole["step"]
    return [name, f"{run['step']:.3f}", f"{times:.2f}", run["peak_mb"], f"{run['first']:.1f}"]


def _profile(profile: Mapping[str, Any]) -> str:
    parts = sorted(profile["seconds"].items(), key=lambda part: -part[1])
    whole = sum(profile["seconds"].values())
    rates = ", ".join(f"{name} {rate:.0f}" for name, rate in profile["machine"].items())
    return (
        table(["part of a step", "share"], [[name, f"{part / whole:.0%}"] for name, part in parts])
        + f"\n\nMatrix products run at {profile['gflops']:.0f} GFLOP/s within a step; alone this "
        f"machine multiplies at (GFLOP/s): {rates}. At the quickest of these they would take "
        f"{profile['least'] / profile['step']:.0%} of a step."
    )


if __name__ == "__main__":
    main()
