#!/usr/bin/env python3
"""Is it personal? Each person's adapter on every other person's held-out texts of the same kind.

    python scripts/bench/personal.py PEOPLE --work HOMES --results personal.jsonl

PEOPLE holds one folder for each person; the first part of its name says the kind ("enron-…" and
"panza-…" are mail). Each person's home and adapter are made once and kept in HOMES. With --results
every finished cell is kept on a line there, and the same command goes on after the last one.

The texts are scored without retrieved passages: those would be the person's own, whoever's adapter
serves, and would blur what the adapters themselves have learned. An adapter that the gate rejected
is in the matrix too.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from kept_homes import Kept, add_home_options, kind_of, trained
from measured import CommandFailed
from people import keep, kept, people
from personal_tables import markdown, summary
from report import add_docs_option, publish

from microtune.contracts import Engine
from microtune.words import Document
from microtune_adapters.evaluation import score_examples, spread
from microtune_adapters.examples import heldout_examples
from microtune_adapters.training_data import take_snapshot
from microtune_tui.wiring import Wiring

Row = dict[str, Any]
BASE = ""  # whose adapter: nobody's
CELL = ("person", "kind", "adapter_of", "adapter", "nats", "bytes")


def main() -> None:
    options = parsed()
    options.work.mkdir(parents=True, exist_ok=True)
    homes, failed = made(options)
    cells = [cell for group in groups(homes) for cell in matrix(group, options)]
    result = {
        **conditions(homes, options),
        "people": {one.person: one.status for one in homes},
        "cells": [{key: cell[key] for key in CELL} for cell in cells],
        "failed": failed,
        "summary": summary(cells),
    }
    publish("personal", result, markdown(result), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    add_home_options(parser)
    parser.add_argument("--texts", type=int, default=40, help="held-out texts of a person, at most")
    parser.add_argument("--results", type=Path, metavar="FILE.jsonl", help="kept from run to run")
    add_docs_option(parser)
    return parser.parse_args()


def made(options: argparse.Namespace) -> tuple[list[Kept], Row]:
    """The homes that could be trained, and why the others could not."""
    homes: list[Kept] = []
    failed = {}
    for folder in people(options.folder, options.only):
        try:
            homes.append(trained(folder, options.base, options.minutes, options.work))
        except CommandFailed as error:
            failed[folder.name] = str(error)
    if not homes:
        sys.exit(f"no adapter could be trained: {json.dumps(failed)}. Check --base and PEOPLE.")
    return homes, failed


def groups(homes: Sequence[Kept]) -> Iterator[list[Kept]]:
    """Those who write the same kind, where they are more than one."""
    kinds: dict[str, list[Kept]] = defaultdict(list)
    for one in homes:
        kinds[kind_of(one.person)].append(one)
    yield from (group for group in kinds.values() if len(group) > 1)


def conditions(homes: Sequence[Kept], options: argparse.Namespace) -> Row:
    return {"base": homes[0].base, "minutes": options.minutes, "texts": options.texts}


def matrix(group: Sequence[Kept], options: argparse.Namespace) -> Iterator[Row]:
    """Each person's held-out texts under the bare base and under every adapter of the group."""
    same = conditions(group, options)
    earlier = {(row["person"], row["adapter"]): row for row in kept(options.results, same)}
    with closing(Wiring(group[0].home).engine()) as engine:
        for person in group:
            documents = heldout(person, options.texts)
            for whose in (None, *group):
                adapter = whose.adapter if whose else BASE
                row = earlier.get((person.person, adapter))
                if row is None:
                    folder = Wiring(whose.home).library.path(adapter) if whose else None
                    row = {
                        "person": person.person,
                        "kind": kind_of(person.person),
                        "adapter_of": whose.person if whose else BASE,
                        "adapter": adapter,
                        **same,
                        **scores(engine, folder, documents),
                    }
                    keep(options.results, row)
                yield row
            print(f"{person.person}: scored", file=sys.stderr, flush=True)


def heldout(person: Kept, most: int) -> list[Document]:
    """The texts that the person's own run held out, evenly spread. No other run saw them either."""
    with Wiring(person.home).store() as store:
        return spread(take_snapshot(store).heldout, most)


def scores(engine: Engine, folder: Path | None, documents: Sequence[Document]) -> Row:
    engine.use(folder)
    found = [score_examples(engine, heldout_examples(one, None)) for one in documents]
    return {
        "nats": [round(score.nats, 4) for score in found],
        "bytes": [score.bytes for score in found],
    }


if __name__ == "__main__":
    main()
