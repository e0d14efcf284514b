#!/usr/bin/env python3
"""microtune's training against the recipes that people use, and against retrieval alone.

    python scripts/bench/rivals.py PEOPLE --work DIR --results rivals.jsonl --docs docs/recipe.md

For each person a home is made and `microtune train` run in it (both are kept in --work), then
every other recipe trains on the same texts of the same base: for as long as microtune's training
loop took, and once more to its own end. All are scored by the serving engine on the same
held-out texts. What a rival is scored with is what suits it best of: our prompts and its own,
with and without passages. By default those are measured who report (see `people_split`), since
the recipe was tuned on the others.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kept_homes import trained
from measured import CommandFailed
from people_split import folders
from report import add_docs_option, publish
from rivals_tables import markdown, summary

CHILD = Path(__file__).with_name("rivals_person.py")
CONTESTANTS = (
    *("microtune", "retrieval"),
    *(f"{rival}|{until}" for rival in ("PanzaMail", "mlx-lm", "Unsloth Studio")
      for until in ("time", "end")),
)  # fmt: skip

Row = dict[str, Any]


def main() -> None:
    options = parsed()
    rows: list[Row] = []
    for person in folders(options.folder, options.part, options.only):
        try:
            rows += of_person(person, options)
        except CommandFailed as error:
            print(f"{person.name}: {error}", file=sys.stderr)
    if not rows:
        sys.exit("nobody could be measured.")
    about = {"minutes": options.minutes, "longest": options.longest, "part": options.part}
    result = {**about, "rows": rows, "summary": summary(rows)}
    publish("recipe-rivals", result, markdown(result), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, metavar="PEOPLE", help="one folder for each person")
    parser.add_argument("--base", default="pocket", metavar="NAME|FILE.gguf")
    parser.add_argument("--part", choices=("tune", "report"), default="report")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="of that part these alone")
    parser.add_argument("--minutes", type=float, default=2.0, help="of microtune's training loop")
    parser.add_argument(
        "--longest", type=float, default=30.0, help="minutes to its own end that a rival may take"
    )
    parser.add_argument(
        "--contestants", nargs="+", choices=CONTESTANTS, default=list(CONTESTANTS), metavar="NAME"
    )
    parser.add_argument("--work", type=Path, required=True, metavar="DIR", help="keeps the homes")
    parser.add_argument("--results", type=Path, required=True, metavar="FILE.jsonl")
    add_docs_option(parser)
    return parser.parse_args()


def of_person(person: Path, options: argparse.Namespace) -> Iterator[Row]:
    """The person's row of each contestant, kept or made now. Raises `CommandFailed`."""
    home = trained(person, options.base, options.minutes, options.work)
    same = {"person": person.name, "base": home.base["sha256"], "minutes": options.minutes}
    same |= {"longest": options.longest, "adapter": home.adapter}
    earlier = kept(options.results, same)
    yield from (earlier[name] for name in options.contestants if name in earlier)
    missing = [name for name in options.contestants if name not in earlier]
    longest = str(options.longest * 60)
    for name, figures in zip(
        missing, figures_of(home.folder, home.adapter, longest, missing), strict=True
    ):
        row = {**same, "contestant": name, **figures}
        with options.results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        print(f"{person.name}: {name} {figures}", file=sys.stderr, flush=True)
        yield row


def figures_of(home: str, adapter: str, longest: str, contestants: list[str]) -> Iterator[Row]:
    """Figures of each contestant as soon as it is done, all from one process."""
    if not contestants:
        return
    command = [sys.executable, CHILD, home, adapter, longest, *contestants]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            yield dict(json.loads(line))
    if child.returncode:
        raise CommandFailed(f"exit code {child.returncode}; what is done is kept")


def kept(results: Path, same: Row) -> dict[str, Row]:
    """Rows of an earlier run under the same conditions, by contestant."""
    if not results.exists():
        return {}
    rows = (json.loads(line) for line in results.read_text("utf-8").splitlines())
    return {r["contestant"]: r for r in rows if all(r[key] == same[key] for key in same)}


if __name__ == "__main__":
    main()
