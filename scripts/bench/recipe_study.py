#!/usr/bin/env python3
"""Variants of the recipe side by side, in equal steps, on people who tune and people who report.

    python scripts/bench/recipe_study.py PACKS --results study.jsonl

PACKS is what `study_packs.py` made. Who tunes is measured on texts older than the held-out ones, as
often as one likes. `--part report` measures the others on their held-out texts: once, for what won.
--results keeps every variant of every person that is done, and the same command goes on after the
last one. Take another file for the results when the product's recipe has changed: they compare
with what it was.
"""

import argparse
import json
import os
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from measured import CommandFailed
from report import add_docs_option, publish
from study_children import Children
from study_pack import OUTSIDE, NotPacked, about
from study_tables import markdown, sections
from study_variants import GROUPS, Variant, known

CHILD = Path(__file__).with_name("study_person.py")
BLOCK = 8  # variants of one process: loading it costs as much as one or two of them

Row = dict[str, Any]


def main() -> None:
    options = parsed()
    study = Study(packs(options.packs / options.part, options.only), options)
    try:
        rows = study.rows(known(options.variants))
    except NotPacked as error:
        sys.exit(f"{error}.")
    if not rows:
        sys.exit("nobody could be measured.")
    texts = max(row["texts"] for row in rows)
    found = {"part": options.part, "steps": options.steps, "texts": texts, "rows": rows}
    for name in [options.section] if options.section else sections(options.part, rows):
        publish(name, found, markdown(name, found), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("packs", type=Path, metavar="PACKS", help="the packs of study_packs.py")
    parser.add_argument("--base", type=Path, metavar="FILE.gguf", help="another one than pocket")
    parser.add_argument("--part", choices=("tune", "report"), default="tune")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="of that part these alone")
    parser.add_argument(
        "--variants", nargs="+", metavar="NAME|GROUP", help=f"groups: {', '.join(GROUPS)}"
    )
    parser.add_argument("--steps", type=int, default=100, help="of each training")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--at-once", type=int, default=1, metavar="N", help="processes")
    parser.add_argument(
        "--deadline", type=float, metavar="SECONDS", help="stop then, with what there is"
    )
    parser.add_argument("--results", type=Path, required=True, metavar="FILE.jsonl")
    parser.add_argument("--section", metavar="NAME", help="of the page, for the whole table")
    add_docs_option(parser)
    options = parser.parse_args()
    if options.part == "report" and not options.variants:
        parser.error("--part report is for what won: name it with --variants")
    return options


def packs(folder: Path, only: Sequence[str] | None) -> list[Path]:
    """The packs of a part by name, or `only` some of them. Leaves with a line where there are
    none."""
    found = {path.stem: path for path in sorted(folder.glob("*.npz"))}
    if missing := set(only or ()) - found.keys():
        sys.exit(f"there is no pack of {', '.join(sorted(missing))} in {folder}.")
    if not found:
        sys.exit(f"there are no packs in {folder}. Make them with study_packs.py.")
    return [path for name, path in found.items() if name in (only or found)]


class Study:
    """What is done is kept in the file of results as soon as it is."""

    def __init__(self, people: Sequence[Path], options: argparse.Namespace) -> None:
        self._people, self._options = people, options
        self._done = kept(options.results)
        self._lock = threading.Lock()

    def rows(self, variants: Sequence[Variant]) -> list[Row]:
        """The row of each variant of each person that is there or could be made."""
        asked = {path: [*self._conditions(path, variants)] for path in self._people}
        size = BLOCK if self._options.at_once > 1 else len(variants)
        blocks = (slice(at, at + size) for at in range(0, len(variants), size))
        jobs = [(path, asked[path][block]) for block in blocks for path in asked]
        with (
            ThreadPoolExecutor(self._options.at_once) as pool,
            Children(self._options.deadline) as children,
        ):
            list(pool.map(lambda job: self._train(children, *job), jobs))
        every = (one for of_person in asked.values() for one in of_person)
        return [self._done[key] for key in map(key_of, every) if key in self._done]

    def _conditions(self, path: Path, variants: Sequence[Variant]) -> Iterator[Row]:
        """What tells the row of each variant from others."""
        of = about(path)
        same = {"person": of.person, "base": of.base, "part": of.part, "texts": of.texts}
        for variant in variants:
            own = {"variant": variant.name, "settings": variant.settings()}
            yield {**same, "steps": self._options.steps, **own}

    def _train(self, children: Children, path: Path, asked: Sequence[Row]) -> None:
        """Train those that are missing, in one process."""
        missing = {one["variant"]: one for one in asked if key_of(one) not in self._done}
        if not missing:
            return
        try:
            for line in children.lines(self._command(path, missing), self._environment()):
                figures = json.loads(line)
                self._keep({**missing[figures["variant"]], **figures})
        except CommandFailed as error:
            print(f"{path.stem}: {error}", file=sys.stderr, flush=True)

    def _command(self, path: Path, names: Iterable[str]) -> list[str]:
        options = self._options
        base = ["--base", str(options.base)] if options.base else []
        if (outside := options.packs / OUTSIDE).exists():
            base += ["--outside", str(outside)]
        settings = [str(path), options.device, str(options.steps)]
        return [sys.executable, str(CHILD), *base, "--", *settings, *names]

    def _environment(self) -> dict[str, str]:
        """Processes side by side share the cores."""
        share = (os.cpu_count() or 1) // self._options.at_once
        threads = {"OMP_NUM_THREADS": str(max(1, share))} if self._options.at_once > 1 else {}
        return {**threads, **os.environ}

    def _keep(self, row: Row) -> None:
        bits = "{adapter_rag:.4f} of {base_rag:.4f}".format(**row["bits_per_byte"])
        print(f"{row['person']}: {row['variant']} {bits}", file=sys.stderr, flush=True)
        with self._lock, self._options.results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
            self._done[key_of(row)] = row


def key_of(row: Row) -> str:
    """What decides whether a kept row is the one that is asked for."""
    names = ("person", "base", "part", "steps", "texts", "variant", "settings")
    return json.dumps({name: row[name] for name in names}, sort_keys=True)


def kept(results: Path) -> dict[str, Row]:
    if not results.exists():
        return {}
    rows = (json.loads(line) for line in results.read_text("utf-8").splitlines())
    return {key_of(row): row for row in rows}


if __name__ == "__main__":
    main()
