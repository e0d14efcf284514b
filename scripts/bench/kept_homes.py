"""Homes of people that are made once and kept: their texts collected, one adapter trained.

Several benches ask the same homes, and training is what costs. What a home was made with stands
beside it, so that another base or other minutes are never taken for the same.
"""

import argparse
import json
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from homes import collect_person, microtune

from microtune.locations import Home

KINDS = {
    "enron": "mail",
    "panza": "mail",
    "list": "list posts",
    "blog": "blog posts",
    "diary": "letters and a diary",
    "letters": "letters and a diary",
}
COLLECTED, TRAINED = "collected.json", "trained.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """One person's home with the adapter that was trained there: the gate's `status` of it."""

    person: str
    folder: str
    base: dict[str, Any]
    minutes: float
    adapter: str
    status: str

    @property
    def home(self) -> Home:
        return Home(Path(self.folder))


def add_home_options(parser: argparse.ArgumentParser) -> None:
    """Whose homes, with which base, and adapters of how many minutes."""
    parser.add_argument("folder", type=Path, metavar="PEOPLE", help="one folder for each person")
    parser.add_argument("--base", default="pocket", metavar="NAME|FILE.gguf")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="measure these people alone")
    parser.add_argument("--minutes", type=float, default=1.0, help="for each training loop")
    parser.add_argument("--work", type=Path, required=True, metavar="DIR", help="keeps the homes")


def kind_of(person: str) -> str:
    """What somebody writes, told by their folder: `KINDS`, or what stands before its dash."""
    first = person.partition("-")[0]
    return KINDS.get(first, first)


def collected(person: Path, base: str, work: Path) -> Home:
    """The home of `person` below `work`, with their texts in it; made if it is not there."""
    place = work / person.name
    note = place / COLLECTED
    if not note.exists():
        for unfinished in ("home", "unpacked"):
            shutil.rmtree(place / unfinished, ignore_errors=True)
        place.mkdir(parents=True, exist_ok=True)
        print(f"{person.name}: collecting", file=sys.stderr, flush=True)
        found = collect_person(place / "home", person, base, place / "unpacked")
        note.write_text(json.dumps({"asked": base, "base": found.base}))
    made = json.loads(note.read_text())
    if made["asked"] != base:
        sys.exit(f"{place} was made for the base {made['asked']}. Name another folder with --work.")
    return Home((place / "home").absolute())


def trained(person: Path, base: str, minutes: float, work: Path) -> Kept:
    """The same home with an adapter of one run of `minutes`. Raises `CommandFailed`."""
    home = collected(person, base, work)
    note = work / person.name / TRAINED
    if not note.exists():
        print(f"{person.name}: training", file=sys.stderr, flush=True)
        said = microtune(home.path, "train", "--minutes", str(minutes)).json()
        about = json.loads((work / person.name / COLLECTED).read_text())["base"]
        kept = Kept(person.name, "", about, minutes, said["adapter"], said["status"])
        note.write_text(json.dumps(asdict(kept)))
    kept = Kept(**{**json.loads(note.read_text()), "folder": str(home.path)})
    if kept.minutes != minutes:
        sys.exit(
            f"{note.parent} holds an adapter of {kept.minutes:g} min. "
            "Name another folder with --work, or the same --minutes."
        )
    return kept
