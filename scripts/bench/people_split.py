"""Which people a recipe is tuned on, and on which its figures are reported. Decided here alone.

Of the sorted names, the third of every three reports. What is chosen by looking at the others has
then never met the texts that say how good it is. The rule was fixed on 2026-11-27, before any
figure of the study; the rate and rank of the recipe before it were tuned on enron-scott-s, who is
among those that tune.
"""

import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Literal

Part = Literal["tune", "report"]

PEOPLE = (
    *("blog-chriskrycho", "blog-mtlynch", "blog-vincentbernat", "diary-pepys"),
    *("enron-arnold-j", "enron-beck-s", "enron-dasovich-j", "enron-love-p"),
    *("enron-mcconnell-m", "enron-scott-s", "letters-beethoven", "letters-stewart"),
    *("list-glyph", "list-itamar", "panza-david", "panza-isabel"),
)


def part_of(person: str, people: Iterable[str] = PEOPLE) -> Part:
    """Where a person belongs; one who is not among `people` tunes."""
    return "report" if person in _reporting(people) else "tune"


def those(part: Part, people: Iterable[str] = PEOPLE) -> list[str]:
    """The people of that part, by name."""
    names = sorted(set(people))
    return [name for name in names if part_of(name, names) == part]


def folders(people: Path, part: Part, only: Collection[str] | None) -> list[Path]:
    """The folders below `people` of that part, or `only` some of them. Leaves with a line where
    `only` names another."""
    of_part = those(part, [path.name for path in people.iterdir() if path.is_dir()])
    if unknown := set(only or ()) - set(of_part):
        sys.exit(f"{', '.join(sorted(unknown))}: nobody of that name is to {part}.")
    return [people / name for name in of_part if name in (only or of_part)]


def _reporting(people: Iterable[str]) -> set[str]:
    return set(sorted(set(people))[2::3])
