#!/usr/bin/env python3
"""Learning from edits: objectives for preference pairs side by side, on stand-ins for real edits.

    python scripts/bench/preferences.py PERSON --documents 500 --steps 40 --docs docs/training.md

PERSON is a folder of one person's texts. A home is made of the newest of them, drafts of the newer
ones are edited into the person's own (see `edited_drafts`), and each objective trains from scratch
in the same number of steps, which see the same texts. With --work the home is kept and found again.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from edited_drafts import edited
from homes import collect_person
from measured import CommandFailed, measure
from report import add_docs_option, publish, table

NAMES = ("base", "texts alone", "chosen alone", "DPO", "SimPO", "ORPO")
TRIAL = Path(__file__).with_name("preference_trial.py")

Row = dict[str, Any]


def main() -> None:
    options = parsed()
    with tempfile.TemporaryDirectory(prefix="microtune-bench-") as folder:
        work = options.work or Path(folder)
        try:
            made = person(work, options)
            rows = trials(work, options)
        except CommandFailed as error:
            sys.exit(str(error))
    result = {**made, "steps": options.steps, "weight": options.weight, "trials": rows}
    publish("preferences", result, markdown(result), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("person", type=Path, metavar="PERSON", help="a folder of one's texts")
    parser.add_argument("--base", default="pocket", metavar="NAME|FILE.gguf")
    parser.add_argument("--documents", type=int, default=500, help="the newest of the texts")
    parser.add_argument("--weak", type=float, default=0.5, help="minutes for what drafts")
    parser.add_argument("--steps", type=int, default=40, help="of each training")
    parser.add_argument("--weight", type=float, default=0.5, help="of a pair's loss")
    parser.add_argument("--only", nargs="+", metavar="NAME", default=NAMES, help="these alone")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where the home is made and kept")
    add_docs_option(parser)
    return parser.parse_args()


def person(work: Path, options: argparse.Namespace) -> Row:
    """Make the home with its edited drafts, unless `work` holds it."""
    about = work / "about.json"
    if not about.exists():
        collect_person(work / "collected", options.person, options.base, work)
        home = work / "home"
        done = edited(work / "collected", home, options.base, options.documents, options.weak)
        (work / "kinds.json").write_text(json.dumps(done.kinds))
        drafted = {"edited": len(done.kinds), "adapter": bool(done.drafted_with)}
        about.write_text(json.dumps({"person": options.person.name, **drafted}))
    return dict(json.loads(about.read_text()))


def trials(work: Path, options: argparse.Namespace) -> list[Row]:
    """The base, the texts without pairs, and then each objective."""
    numbers = [str(options.steps), str(options.weight)]
    done = measure(
        [sys.executable, TRIAL, work / "home", work / "kinds.json", *numbers, *options.only]
    )
    return [json.loads(line) for line in done.output.splitlines()]


def markdown(result: Row) -> str:
    heads = ("objective", "bits per byte", *(f"{kind}, %" for kind in ("rewritten", "mended")),
             "all, % (95 % interval)", "loop, s")  # fmt: skip
    shares = result["trials"][0]["shares"]
    counts = ", ".join(f"{shares[k]['n']} {k}" for k in ("rewritten", "mended") if k in shares)
    taught = result["trials"][-1].get("pairs", 0)
    who = "a weak adapter" if result["adapter"] else "the bare base"
    return (
        f"{result['person']}, drafts by {who}: {result['edited']} edited, of which {taught} are "
        f"learned from; held out: {counts}. {result['steps']} steps each, from scratch, a pair in "
        f"each step, its loss weighted {result['weight']:g}.\n\n"
        f"{table(heads, map(cells, result['trials']))}"
    )


def cells(row: Row) -> list[object]:
    shares = row["shares"]
    kinds = [f"{shares[k]['share']:.0%}" if k in shares else "" for k in ("rewritten", "mended")]
    whole = shares["all"]
    interval = f"{whole['share']:.0%} ({whole['low']:.0%} to {whole['high']:.0%})"
    return [row["objective"], f"{row['bits_per_byte']:.4f}", *kinds, interval,
            row.get("seconds", "")]  # fmt: skip


if __name__ == "__main__":
    main()
