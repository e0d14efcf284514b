"""microtune as a command, and a fresh home that holds one person's texts."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measured import Measured, measure
from unpacked import source_of

PROGRAM = "from microtune_tui.cli import main; main()"


def microtune(home: Path, *arguments: str) -> Measured:
    """Run `microtune ARGUMENTS --home HOME --json`. Raises `CommandFailed`."""
    command = [sys.executable, "-c", PROGRAM, *arguments, "--home", str(home), "--json"]
    return measure(command)


@dataclass(frozen=True, slots=True)
class Collected:
    """What `init` said of the base, and what `collect` said and cost."""

    base: dict[str, Any]
    counts: dict[str, Any]
    cost: Measured


def collect_person(home: Path, person: Path, base: str, work: Path) -> Collected:
    """Make `home` and collect the texts of `person` in it; archives are unpacked below `work`."""
    chosen = choose_base(home, base)
    place, me = source_of(person, work)
    consent = [word for address in me for word in ("--me", address)]
    microtune(home, "sources", "add", str(place), *consent)
    cost = microtune(home, "collect")
    return Collected(chosen, cost.json(), cost)


def choose_base(home: Path, base: str) -> dict[str, Any]:
    """`microtune init` and what it says: "base", "sha256", "parameters"."""
    said = microtune(home, "init", "--base", base, "--yes").json()
    return {key: said[key] for key in ("base", "sha256", "parameters")}
