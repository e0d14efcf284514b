#!/usr/bin/env python3
"""Does it sound like them? Drafts from briefs of held-out texts, judged beside the real texts.

    python scripts/bench/voice.py PEOPLE --work HOMES --results voice.jsonl --docs docs/recipe.md

PEOPLE holds one folder for each person. An authorship verifier learns on all of them but the one
whom it is asked about (see voices/verifier.py). Those named by --only are measured, or else those
who report (people_split.py). Homes and adapters are made once and kept in HOMES; with --results
the drafts of each person are kept on a line there, their figures on another, and the same command
goes on after the last drafts. Figures are told anew each time, so that a measure can be mended
without drafting again.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kept_homes import add_home_options, collected, kind_of, trained
from measured import CommandFailed
from people import keep, kept, people
from people_split import those
from report import add_docs_option, publish
from voice_drafts import drafted
from voice_figures import figures
from voice_tables import markdown
from voice_texts import Texts, texts_of

from microtune.errors import MicrotuneError

Row = dict[str, Any]
FEWEST = 5  # people of whom a verifier can learn something, and about whom it can be asked


def main() -> None:
    options = parsed()
    options.work.mkdir(parents=True, exist_ok=True)
    folders = people(options.folder, None)
    reporting = those("report", [folder.name for folder in folders])
    measured = people(options.folder, options.only or reporting)
    everybody, unread = read(folders, options)
    if len(everybody) < FEWEST:
        sys.exit(f"{len(everybody)} people's texts could be read; a verifier needs {FEWEST}.")
    rows = []
    for folder in measured:
        reason = unread.get(folder.name)
        found = {"failed": reason} if reason else person(folder, everybody, options)
        rows.append({"person": folder.name, "kind": kind_of(folder.name), **found})
    result = {
        "minutes": options.minutes,
        "texts": options.texts,
        "learned_on": len(everybody) - 1,
        "people": rows,
    }
    publish("voice", result, markdown(result), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    add_home_options(parser)
    parser.add_argument("--texts", type=int, default=40, help="held-out texts of a person, at most")
    parser.add_argument("--results", type=Path, metavar="FILE.jsonl", help="keeps the drafts")
    add_docs_option(parser)
    return parser.parse_args()


def read(
    folders: Sequence[Path], options: argparse.Namespace
) -> tuple[dict[str, Texts], dict[str, str]]:
    """Everybody's texts, and of whom there are none the reason."""
    found, unread = {}, {}
    for folder in folders:
        try:
            home = collected(folder, options.base, options.work)
            found[folder.name] = texts_of(folder.name, home, options.texts)
        except (CommandFailed, MicrotuneError) as error:
            unread[folder.name] = str(error)
    return found, unread


def person(folder: Path, everybody: dict[str, Texts], options: argparse.Namespace) -> Row:
    """One person's figures, or why there are none."""
    texts = everybody[folder.name]
    try:
        home = trained(folder, options.base, options.minutes, options.work)
        same = {"base": home.base, "minutes": options.minutes, "texts": options.texts}
        same |= {"person": folder.name, "adapter": home.adapter}
        earlier = list(kept(options.results, same))
        row = next((row for row in earlier if "drafts" in row), None)
        if row is None:
            began = time.perf_counter()
            row = {**same, "drafts": drafted(home, texts.held_out)}
            row["seconds"] = round(time.perf_counter() - began, 1)
            keep(options.results, row)
    except (CommandFailed, MicrotuneError) as error:
        return {"failed": str(error)}
    print(f"{folder.name}: judging", file=sys.stderr, flush=True)
    began = time.perf_counter()
    found = figures(texts, list(everybody.values()), row["drafts"])
    seconds = {"drafts": row["seconds"], "judging": round(time.perf_counter() - began, 1)}
    if not any(one.get("figures") == found for one in earlier):
        keep(options.results, {**same, "figures": found})
    shown = {key: value for key, value in found.items() if key != "odds"}
    return {"base": home.base, "status": home.status, "seconds": seconds, **shown}


if __name__ == "__main__":
    main()
