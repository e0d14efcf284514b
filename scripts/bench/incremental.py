#!/usr/bin/env python3
"""What a day's writing costs, for archives of several sizes: collecting it, and training on it.

    python scripts/bench/incremental.py --documents 200 1000 3000 --docs docs/benchmarks.md

Each archive is a home of its own with so many invented notes and an adapter that was trained on
them from scratch, in little time: how good it is does not matter here. Then notes of a day join,
and `collect` and `train` run as every day, with more time than the passes over so few texts take,
so that no clock bounds them.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from homes import choose_base, microtune
from invented_notes import write_notes
from measured import CommandFailed
from report import add_docs_option, publish, table


def main() -> None:
    options = parsed()
    with tempfile.TemporaryDirectory(prefix="microtune-bench-", dir=options.work) as folder:
        try:
            archives = [archive(Path(folder), count, options) for count in options.documents]
            base = choose_base(Path(folder) / "base", options.base)
        except CommandFailed as error:
            sys.exit(str(error))
    result = {"base": base, "day": options.day, "scratch": options.scratch, "archives": archives}
    publish("incremental", result, markdown(result), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--documents", type=int, nargs="+", default=[200, 1000, 3000])
    parser.add_argument("--day", type=int, default=20, help="notes that join")
    parser.add_argument(
        "--scratch", type=float, default=0.5, help="minutes of the first run's loop"
    )
    parser.add_argument("--minutes", type=float, default=60.0, help="at most for the day's loop")
    parser.add_argument("--base", default="pocket", help="a name, or a GGUF file")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where the homes are made")
    add_docs_option(parser)
    return parser.parse_args()


def archive(work: Path, count: int, options: argparse.Namespace) -> dict[str, Any]:
    """An archive of `count` notes, trained on from scratch, and what the day after it costs."""
    home, notes = work / f"home-{count}", work / f"notes-{count}"
    choose_base(home, options.base)
    write_notes(notes, range(count))
    microtune(home, "sources", "add", str(notes))
    microtune(home, "collect")
    first = trained(home, options.scratch)
    write_notes(notes, range(count, count + options.day))
    collecting = microtune(home, "collect")
    day = trained(home, options.minutes)
    if first["status"] != "promoted" or day["how"] != "continued":
        sys.exit(f"with {count} notes no run went on from another: {first['reason']}")
    return {
        "documents": count,
        "collected": collecting.json()["new"],
        "collect_s": round(collecting.seconds, 2),
        "first": first,
        "day": day,
    }


def trained(home: Path, minutes: float) -> dict[str, Any]:
    """What `train` said; "whole_s" is from the start of its process to the end."""
    run = microtune(home, "train", "--minutes", str(minutes))
    return {**run.json(), "whole_s": round(run.seconds, 1), "peak_mb": run.peak_mb}


def markdown(result: dict[str, Any]) -> str:
    heads = ("documents", "run", "studied anew", "again", "tokens", "loop, s", "`train`, s",
             "`collect`, s", "verdict")  # fmt: skip
    rows = [row for one in result["archives"] for row in rows_of(one)]
    least, most = result["archives"][0], result["archives"][-1]
    grown = most["documents"] / least["documents"]
    return (
        f"Base: {result['base']['base']}, SHA-256 {result['base']['sha256'][:12]}; invented notes "
        f"of about 140 words, {result['day']} a day; {result['scratch']:g} min for a loop "
        f"from scratch, the passes of the recipe for the day's.\n\n{table(heads, rows)}\n\n"
        f"From {least['documents']} to {most['documents']} documents ({grown:.0f} times as many) "
        f"the day's run takes {ratio(least, most, 'tokens'):.2f} times the tokens, its loop "
        f"{ratio(least, most, 'seconds'):.2f} times the seconds, and `train` as a whole "
        f"{ratio(least, most, 'whole_s'):.2f} times."
    )


def rows_of(one: dict[str, Any]) -> list[list[object]]:
    """From scratch, and the day after."""
    first, day = one["first"], one["day"]
    return [
        [one["documents"], "from scratch", *cells(first), "", first["status"]],
        ["", "the day after", *cells(day), one["collect_s"], day["status"]],
    ]


def cells(run: dict[str, Any]) -> list[object]:
    names = ("new_documents", "replayed", "tokens", "seconds", "whole_s")
    return [run[name] for name in names]


def ratio(least: dict[str, Any], most: dict[str, Any], name: str) -> float:
    return float(most["day"][name] / max(1e-9, least["day"][name]))


if __name__ == "__main__":
    main()
