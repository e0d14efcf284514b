#!/usr/bin/env python3
"""The main job for one person after another: collect, train, measure on texts held out.

    python scripts/bench/people.py PEOPLE --base pocket --results people.jsonl

PEOPLE holds one folder for each person. Each gets a fresh temporary home and goes through the
command line, as a person would. With --results every finished person is kept on a line there, and
the same command goes on after the last one; a person measured before with the same base and
minutes is not measured again.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from homes import choose_base, collect_person, microtune
from measured import CommandFailed
from people_tables import markdown, summary
from report import add_docs_option, publish

Row = dict[str, Any]


def main() -> None:
    options = parsed()
    with tempfile.TemporaryDirectory(prefix="microtune-bench-") as home:
        base = choose_base(Path(home), options.base)
    conditions = {"base": base, "minutes": options.minutes}
    earlier = {row["person"]: row for row in kept(options.results, conditions)}
    rows = []
    for folder in people(options.folder, options.only):
        row = earlier.get(folder.name)
        if row is None:
            row = {"person": folder.name, **conditions, **attempt(folder, options)}
            keep(options.results, row)
        print(f"{folder.name}: {row.get('reason') or row.get('failed')}", file=sys.stderr)
        rows.append(row)
    result = {**conditions, "people": rows, "summary": summary(rows)}
    publish("people", result, markdown(result), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, metavar="PEOPLE", help="one folder for each person")
    parser.add_argument("--base", default="pocket", metavar="NAME|FILE.gguf")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these people alone")
    parser.add_argument("--minutes", type=float, default=3.0, help="for each training loop")
    parser.add_argument("--results", type=Path, metavar="FILE.jsonl", help="kept from run to run")
    add_docs_option(parser)
    return parser.parse_args()


def people(folder: Path, only: list[str] | None) -> list[Path]:
    """The folders to measure. Leaves with a line where a name has none."""
    found = {path.name: path for path in sorted(folder.iterdir()) if path.is_dir()}
    if unknown := set(only or ()) - found.keys():
        sys.exit(f"{folder} has no folder {', '.join(sorted(unknown))}. Check --only.")
    return [path for name, path in found.items() if not only or name in only]


def attempt(folder: Path, options: argparse.Namespace) -> Row:
    """The person's figures, or why there are none; the others are measured all the same."""
    try:
        with tempfile.TemporaryDirectory(prefix="microtune-bench-") as work:
            return person(folder, Path(work), options.base, options.minutes)
    except CommandFailed as error:
        return {"failed": str(error)}


def person(folder: Path, work: Path, base: str, minutes: float) -> Row:
    """Collect and train below `work`; the figures are those of the adapter's own card."""
    home = work / "home"
    collected = collect_person(home, folder, base, work)
    training = microtune(home, "train", "--minutes", str(minutes))
    trained = training.json()
    card = microtune(home, "adapters", "show", trained["adapter"]).json()
    figures = card["measurements"]
    return {
        "documents": collected.counts["total"],
        "dropped": collected.counts["skipped"],
        "words": card["words"],
        "heldout": {key: figures[key] for key in ("documents", "bytes")},
        "bits_per_byte": figures["bits_per_byte"],
        "by_kind": figures["by_kind"],
        "intervals": figures["intervals"],
        "status": trained["status"],
        "reason": trained["reason"],
        "seconds": {
            "collect": round(collected.cost.seconds, 1),
            "train": round(training.seconds, 1),
            "training_loop": trained["seconds"],
        },
        "tokens": trained["tokens"],
        "peak_mb": max(collected.cost.peak_mb, training.peak_mb),
    }


def kept(results: Path | None, conditions: Row) -> Iterator[Row]:
    """Rows of an earlier run under the same conditions, without those that failed."""
    if results is None or not results.exists():
        return
    for line in results.read_text("utf-8").splitlines():
        row = json.loads(line)
        same = all(row[key] == value for key, value in conditions.items())
        if same and "failed" not in row:
            yield row


def keep(results: Path | None, row: Row) -> None:
    if results:
        with results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
