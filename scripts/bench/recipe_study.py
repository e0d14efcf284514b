#!/usr/bin/env python3
"""Variants of the recipe side by side, in equal steps, on people who tune and people who report.

    python scripts/bench/recipe_study.py PEOPLE --work DIR --results study.jsonl

PEOPLE holds one folder for each person; `people_split` says who tunes and who reports. Who tunes is
measured on texts older than the held-out ones, as often as one likes. `--part report` measures the
others on their held-out texts: once, for what won. --work keeps the homes, --results every variant
of every person that is done, and the same command goes on after the last one. Take another file
for the results when the product's recipe has changed: they compare with what it was.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kept_homes import COLLECTED, collected
from measured import CommandFailed
from people_split import folders
from report import add_docs_option, publish
from study_tables import markdown, sections
from study_variants import GROUPS, NOW, VARIANTS, Variant, chosen

CHILD = Path(__file__).with_name("study_person.py")

Row = dict[str, Any]


def main() -> None:
    options = parsed()
    variants = wanted(options.variants)
    rows: list[Row] = []
    for person in folders(options.folder, options.part, options.only):
        try:
            rows += of_person(person, variants, options)
        except CommandFailed as error:
            print(f"{person.name}: {error}", file=sys.stderr)
    if not rows:
        sys.exit("nobody could be measured.")
    about = {"part": options.part, "steps": options.steps, "texts": options.texts, "rows": rows}
    for name in sections(options.part, rows):
        publish(name, about, markdown(name, about), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, metavar="PEOPLE", help="one folder for each person")
    parser.add_argument("--base", default="pocket", metavar="NAME|FILE.gguf")
    parser.add_argument("--part", choices=("tune", "report"), default="tune")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="of that part these alone")
    parser.add_argument(
        "--variants", nargs="+", metavar="NAME|GROUP", help=f"groups: {', '.join(GROUPS)}"
    )
    parser.add_argument("--steps", type=int, default=100, help="of each training")
    parser.add_argument("--texts", type=int, default=40, help="scored at most, of each person")
    parser.add_argument("--work", type=Path, required=True, metavar="DIR", help="keeps the homes")
    parser.add_argument("--results", type=Path, required=True, metavar="FILE.jsonl")
    add_docs_option(parser)
    options = parser.parse_args()
    if options.part == "report" and not options.variants:
        parser.error("--part report is for what won: name it with --variants")
    return options


def wanted(names: Sequence[str] | None) -> list[Variant]:
    """Those asked for, and always what they are compared with."""
    try:
        found = chosen(names) if names else list(VARIANTS.values())
    except KeyError as error:
        sys.exit(f"there is no variant {error.args[0]}. See scripts/bench/study_variants.py.")
    return [NOW, *(variant for variant in found if variant != NOW)]


def of_person(
    person: Path, variants: Sequence[Variant], options: argparse.Namespace
) -> Iterator[Row]:
    """The person's row of each variant, kept or made now. Raises `CommandFailed`."""
    home = collected(person, options.base, options.work)
    base = json.loads((options.work / person.name / COLLECTED).read_text())["base"]["sha256"]
    same = {key: getattr(options, key) for key in ("part", "steps", "texts")}
    conditions = [
        {"person": person.name, "base": base, **same, "variant": v.name, "settings": v.settings()}
        for v in variants
    ]
    earlier = kept(options.results)
    done = {v.name: row for v, c in zip(variants, conditions, strict=True)
            if (row := earlier.get(key_of(c)))}  # fmt: skip
    yield from done.values()
    missing = [v for v in variants if v.name not in done]
    of_name = {c["variant"]: c for c in conditions}
    for variant, figures in zip(missing, trained(home.path, missing, options), strict=True):
        row = {**of_name[variant.name], **figures}
        keep(options.results, row)
        bits = figures["bits_per_byte"]
        print(f"{person.name}: {variant.name} {bits['adapter_rag']:.4f} of {bits['base_rag']:.4f}",
              file=sys.stderr, flush=True)  # fmt: skip
        yield row


def trained(home: Path, variants: Sequence[Variant], options: argparse.Namespace) -> Iterator[Row]:
    """Figures of each variant as soon as it is done, all from one process."""
    if not variants:
        return
    settings = [options.part, str(options.steps), str(options.texts)]
    command = [sys.executable, CHILD, home, *settings, *(v.name for v in variants)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            yield dict(json.loads(line))
    if child.returncode:
        raise CommandFailed(f"exit code {child.returncode}; what is done is kept")


def key_of(row: Row) -> str:
    """What decides whether a kept row is the one that is asked for."""
    names = ("person", "base", "part", "steps", "texts", "variant", "settings")
    return json.dumps({name: row[name] for name in names}, sort_keys=True)


def kept(results: Path) -> dict[str, Row]:
    if not results.exists():
        return {}
    rows = (json.loads(line) for line in results.read_text("utf-8").splitlines())
    return {key_of(row): row for row in rows}


def keep(results: Path, row: Row) -> None:
    with results.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
