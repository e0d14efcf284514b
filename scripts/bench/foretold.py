#!/usr/bin/env python3
"""How long `train --dry-run` says that a run would take, beside how long the run then takes.

    python scripts/bench/foretold.py PERSON … --minutes 1

Each PERSON, a folder or mailbox of texts, gets a home for the occasion; the run follows the dry run
there at once, from scratch. Seconds are those of the whole command, from its start to its end.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from homes import collect_person, microtune
from measured import CommandFailed
from report import add_docs_option, publish, table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("people", type=Path, nargs="+", metavar="PERSON")
    parser.add_argument("--base", default="pocket", metavar="NAME|FILE.gguf")
    parser.add_argument("--minutes", type=float, default=1.0, help="of the training loop")
    add_docs_option(parser)
    options = parser.parse_args()
    rows = list(measured_rows(options.people, options.base, options.minutes))
    if not rows:
        sys.exit("nobody could be measured.")
    result = {"minutes": options.minutes, "rows": rows}
    publish("foretold", result, markdown(rows), options.docs)


def measured_rows(people: Iterable[Path], base: str, minutes: float) -> Iterator[dict[str, Any]]:
    """One for each who could be measured; of the others a line says why not."""
    for person in people:
        try:
            yield row_of(person, base, minutes)
        except CommandFailed as error:
            print(f"{person.name}: {error}", file=sys.stderr)


def row_of(person: Path, base: str, minutes: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="microtune-bench-") as work:
        home = Path(work) / "home"
        collect_person(home, person, base, Path(work))
        wanted = ("train", "--anew", "--minutes", str(minutes))
        foretold = microtune(home, *wanted, "--dry-run").json()
        run = microtune(home, *wanted)
    row = {
        "person": person.stem if person.is_file() else person.name,
        "documents": foretold["documents"],
        "foretold": foretold["seconds"],
        "taken": round(run.seconds, 1),
        "status": run.json()["status"],
    }
    print(row, file=sys.stderr)
    return row


def markdown(rows: Sequence[dict[str, Any]]) -> str:
    head = ("person", "texts trained on", "foretold, s", "taken, s", "foretold / taken", "verdict")
    return table(head, [_cells(row) for row in rows])


def _cells(row: dict[str, Any]) -> list[object]:
    ratio = row["foretold"] / row["taken"]
    figures = (f"{row['foretold']:.0f}", f"{row['taken']:.0f}", f"{ratio:.2f}")
    return [row["person"], row["documents"], *figures, row["status"]]


if __name__ == "__main__":
    main()
