#!/usr/bin/env python3
"""Packs what a study of recipes needs of each person, so that another machine can train on it.

    python scripts/bench/study_packs.py PEOPLE --part tune --work DIR --packs DIR

PEOPLE holds one folder for each person; `people_split` says who tunes and who reports. --work keeps
their homes, --packs gets a file of each. Prints a JSON object for each. `recipe_study.py` goes on
from there.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from kept_homes import collected
from measured import CommandFailed
from never_worse import general
from people_split import folders
from study_pack import OUTSIDE, About
from study_packing import Packing
from study_scoring import scored
from study_variants import GROUPS, Variant, known

from microtune.errors import MicrotuneError
from microtune_adapters.bases import resolve
from microtune_adapters.chatml import ChatCodec
from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.torch_base import load_torch_base
from microtune_adapters.training_data import nearest_in
from microtune_tui.wiring import Wiring


def main() -> None:
    options = parsed()
    variants = known(options.variants)
    if options.general:
        save_outside(options)
    for person in folders(options.folder, options.part, options.only):
        try:
            print(json.dumps(packed(person, variants, options)), flush=True)
        except (CommandFailed, MicrotuneError) as error:
            print(f"{person.name}: {error}", file=sys.stderr)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, metavar="PEOPLE", help="one folder for each person")
    parser.add_argument("--base", default="pocket", metavar="NAME|FILE.gguf")
    parser.add_argument("--part", choices=("tune", "report"), default="tune")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="of that part these alone")
    parser.add_argument(
        "--variants", nargs="+", metavar="NAME|GROUP", help=f"groups: {', '.join(GROUPS)}"
    )
    parser.add_argument("--steps", type=int, default=100, help="that are enough to train on")
    parser.add_argument("--texts", type=int, default=40, help="scored at most, of each person")
    parser.add_argument(
        "--general", type=Path, metavar="FILE.jsonl", help="general texts to measure on as well"
    )
    parser.add_argument("--work", type=Path, required=True, metavar="DIR", help="keeps the homes")
    parser.add_argument("--packs", type=Path, required=True, metavar="DIR", help="gets the packs")
    return parser.parse_args()


def packed(
    person: Path, variants: Sequence[Variant], options: argparse.Namespace
) -> dict[str, Any]:
    """Make and write one person's pack; what came of it. Raises `CommandFailed` and
    `MicrotuneError`."""
    wiring = Wiring(collected(person, options.base, options.work))
    began = time.perf_counter()
    base = wiring.base()
    about = about_of(person, base, options)
    with wiring.store() as store:
        documents = list(store.documents.live())
        among, codec = partial(nearest_in, store), codec_of(base.path)
        pack = Packing(about, options.part, documents, among, codec).packed(variants, options.steps)
    path = options.packs / options.part / f"{person.name}.npz"
    pack.save(path)
    return {
        "person": person.name,
        "documents": max(one.documents for one in pack.studied.values()),
        "rows": sum(len(stream.rows) for stream in pack.streams.values()),
        "bytes": path.stat().st_size,
        "seconds": round(time.perf_counter() - began, 1),
    }


def save_outside(options: argparse.Namespace) -> None:
    """Pack the texts that `never_worse.py` measures on, too."""
    base = resolve(options.base)
    of = scored(codec_of(base.path), general(options.general, most=5), base.context_length)
    options.packs.mkdir(parents=True, exist_ok=True)
    of.save(options.packs / OUTSIDE)


@cache
def codec_of(base: Path) -> ChatCodec:
    return load_torch_base(base).codec


def about_of(person: Path, base: BaseFile, options: argparse.Namespace) -> About:
    return About(
        person=person.name,
        part=options.part,
        base=base.sha256,
        parameters=base.parameters,
        context=base.context_length,
        texts=options.texts,
    )


if __name__ == "__main__":
    main()
