#!/usr/bin/env python3
"""What adapters cost text that is not the person's, on texts that microtune does not bring along.

    python scripts/bench/never_worse.py PEOPLE --general FILE.jsonl --work HOMES

PEOPLE holds one folder for each person, whose home and adapter are made once and kept in HOMES, as
`personal.py` does. FILE holds a JSON object a line with `kind` and `text` (it may be compressed
with xz): held-out general text. Of each, the second piece is scored as what follows the first.
An adapter that the gate rejected is measured too. What a stop rate is: how many of the general
requests that come with microtune are answered with an end before 250 tokens.
"""

import argparse
import json
import lzma
import sys
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from kept_homes import Kept, add_home_options, trained
from measured import CommandFailed
from never_worse_tables import markdown
from people import people
from report import add_docs_option, publish

from microtune.contracts import Engine, Generated, Sampling, Turn
from microtune_adapters.evaluation import score_examples
from microtune_adapters.examples import Example, pieces
from microtune_adapters.general_texts import general_examples
from microtune_tui.wiring import Wiring

Row = dict[str, Any]
MOST_TOKENS = 250


def main() -> None:
    options = parsed()
    texts = general(options.general, options.texts)
    rows: list[Row] = []
    for folder in people(options.folder, options.only):
        try:
            home = trained(folder, options.base, options.minutes, options.work)
        except CommandFailed as error:
            print(f"{folder.name}: {error}", file=sys.stderr)
            continue
        rows.append(measured(home, texts))
        print(f"{folder.name}: {rows[-1]}", file=sys.stderr, flush=True)
    if not rows:
        sys.exit("nobody could be measured. Check PEOPLE and --base.")
    result = {"minutes": options.minutes, "texts": len(texts), "rows": rows}
    publish("never-worse", result, markdown(result), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    add_home_options(parser)
    parser.add_argument("--general", type=Path, required=True, metavar="FILE.jsonl")
    parser.add_argument("--texts", type=int, default=5, help="of each kind, at most")
    add_docs_option(parser)
    return parser.parse_args()


def general(file: Path, most: int) -> list[Example]:
    """The first texts of each kind that are long enough to go on."""
    found: dict[str, list[Example]] = defaultdict(list)
    with lzma.open(file, "rt") if file.suffix == ".xz" else file.open() as lines:
        for line in lines:
            record = json.loads(line)
            parts = pieces(record["text"][:4000])
            if len(parts) > 1 and len(found[record["kind"]]) < most:
                asked = Turn("user", f"What comes next?\n\n{parts[0]}")
                found[record["kind"]].append(
                    Example("", record["kind"], "general", (asked,), parts[1])
                )
    return [one for kind in sorted(found) for one in found[kind]]


def measured(home: Kept, texts: Sequence[Example]) -> Row:
    wiring = Wiring(home.home)
    card = wiring.library.find(home.adapter)
    with closing(wiring.engine()) as engine:
        folders = {"base": None, "adapter": wiring.library.path(home.adapter)}
        sides = {name: side(engine, folder, texts) for name, folder in folders.items()}
    return {
        "person": home.person,
        "status": home.status,
        "strength": card.measurements["strength"],
        "gate": card.measurements["general"]["share"],
        "divergence": card.measurements["general"]["divergence"],
        "list": card.measurements["general"]["by_kind"]["list"],
        "gain": gain(card.measurements["bits_per_byte"]),
        **sides,
    }


def side(engine: Engine, folder: Path | None, texts: Sequence[Example]) -> Row:
    """Bits per byte of the texts, and the share of requests that are answered to an end."""
    engine.use(folder)
    requests = general_examples("measure")
    return {
        "bits": score_examples(engine, texts).bits_per_byte,
        "stops": sum(ends(engine, one) for one in requests) / len(requests),
    }


def ends(engine: Engine, request: Example) -> bool:
    said: list[Generated] = []
    for _ in engine.stream(request.turns, Sampling(max_tokens=MOST_TOKENS), said.append):
        pass
    return said[0].finish == "stop"


def gain(bits: Row) -> float:
    """The share of bits that adapter + retrieval saves against the better of base and retrieval."""
    return float(1 - bits["adapter_rag"] / min(bits["base"], bits["base_rag"]))


if __name__ == "__main__":
    main()
