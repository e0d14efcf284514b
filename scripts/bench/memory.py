#!/usr/bin/env python3
"""Memory that training takes on bases of several sizes, beside what `train --dry-run` computes.

    python scripts/bench/memory.py --shapes pocket smollm2-135m

Bases are of random weights in the shapes of known ones (what they hold does not matter to memory),
written for the occasion; each trial is a process of its own with two steps of the product's recipe.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from measured import measure
from report import add_docs_option, publish, table

HERE = Path(__file__).parent
WAYS = ("plain", "lean")
WRITE = (
    "import sys; from pathlib import Path; from random_base import SHAPES, write_random_base; "
    "write_random_base(Path(sys.argv[1]), SHAPES[sys.argv[2]])"
)
NAMES = ("pocket", "smollm2-135m", "smollm2-360m")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--shapes", nargs="+", choices=NAMES, default=NAMES[:2])
    add_docs_option(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="microtune-bench-") as work:
        rows = [row for name in options.shapes for row in trials(name, Path(work))]
    publish("memory", {"rows": rows}, markdown(rows), options.docs)


def trials(name: str, work: Path) -> list[dict[str, Any]]:
    """One for each way. The base is written by a process of its own, which this one must not
    grow with."""
    base = work / f"{name}.gguf"
    sources = f"import sys; sys.path.insert(0, {str(HERE)!r}); "
    measure([sys.executable, "-c", sources + WRITE, base, name])
    rows = []
    for way in WAYS:
        cost = measure([sys.executable, HERE / "memory_trial.py", base, way])
        rows.append({"shape": name, "way": way, "peak_mb": cost.peak_mb, **cost.json()})
        print(rows[-1], file=sys.stderr)
    return rows


def markdown(rows: Sequence[dict[str, Any]]) -> str:
    head = [
        *("shape", "layers", "parameters", "peak MB", "computed", "computed / peak"),
        *("processor s a step", "processor s to load"),
    ]
    return table(head, [_row(row) for row in rows])


def _row(row: dict[str, Any]) -> list[object]:
    kept = {"plain": "kept", "lean": "computed again"}[row["way"]]
    return [
        row["shape"],
        kept,
        f"{row['parameters'] / 1e6:.1f} M",
        row["peak_mb"],
        row["expected_mb"],
        f"{row['expected_mb'] / row['peak_mb']:.2f}",
        row["step_cpu_s"],
        row["loading_cpu_s"],
    ]


if __name__ == "__main__":
    main()
