"""Whether a home at rest holds what its writers wrote: everything, once, newest, nothing else.

Reads the database from outside and the manifest of the writers; knows nothing of how it came there.
"""

import contextlib
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soak_manifest import Entry, Fate
from soak_prose import SYLLABLES, ended, named

SHOWN = 5  # of a sort
RECOGNISED = 0.65  # 99 of 100 near duplicates are found here: see microtune.curation.duplicates
BESIDE = "beside a later version"
NAME = re.compile(rf"\b(?:{'|'.join(SYLLABLES)}){{4}}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """A document. `names` stand in its own words."""

    id: str
    source: str
    place: str
    text: str
    live: bool

    @property
    def names(self) -> set[str]:
        return {found.capitalize() for found in NAME.findall(self.text)}


def rows(database: Path) -> list[Row]:
    sql = "SELECT id, source, place, text, superseded_at IS NULL FROM documents"
    with contextlib.closing(sqlite3.connect(database)) as opened:
        return [Row(i, s, p, text, bool(live)) for i, s, p, text, live in opened.execute(sql)]


def compared(found: Sequence[Row], manifest: Mapping[str, Entry]) -> dict[str, list[str]]:
    """What is wrong: sort → a line for each text of it. `BESIDE` is no fault: see `_beside`."""
    wrong: defaultdict[str, list[str]] = defaultdict(list)
    live = [row for row in found if row.live]
    by_name = {name: row for row in found for name in row.names}
    seen = Counter(name for row in live for name in row.names)
    whole = {n for row in live for n in row.names if named(n) in row.text and ended(n) in row.text}
    for name, entry in manifest.items():
        if sort := _objection(entry.fate, seen[name], name in whole):
            if sort == "outdated" and _beside(name, by_name, manifest):
                sort = BESIDE
            wrong[sort].append(f"{name} ({entry.where})")
    places = Counter((row.source, row.place) for row in live)
    wrong["twice"] += [f"two at {place}" for (_, place), n in places.items() if n > 1]
    wrong["unknown"] = [f"{row.place}: {row.text[:60]!r}" for row in live if not row.names]
    for name in {name for row in found if not row.live for name in row.names}:
        entry = manifest.get(name)
        fate = entry.fate if entry else "unknown"
        if fate in ("foreign", "excluded", "unknown"):
            wrong[fate].append(f"{name}, superseded")
    wrong["unknown"] += [f"{name}, in no manifest" for name in seen if name not in manifest]
    return wrong


def _objection(fate: Fate, times: int, whole: bool) -> str:
    """What is wrong with a text that stands in so many documents in use; "" for nothing."""
    if fate == "live":
        return "lost" if not times else "twice" if times > 1 else "" if whole else "cut"
    return {"replaced": "outdated"}.get(fate, fate) if times else ""


def _beside(name: str, by_name: Mapping[str, Row], manifest: Mapping[str, Entry]) -> bool:
    """Whether an earlier version is in use since its file had got another name, and other words,
    before it was read again: by its words nobody can tell it from a note that was deleted."""
    earlier, later = by_name[name], manifest[name].later
    while later and later not in by_name:  # versions that nobody had time to read
        later = manifest[later].later
    if not later or by_name[later].place == earlier.place:
        return False
    return _alike(earlier.text, by_name[later].text) < RECOGNISED


def _alike(one: str, other: str) -> float:
    """The share of word triples that two texts have in common."""
    first, second = (set(zip(w, w[1:], w[2:], strict=False)) for w in (one.split(), other.split()))
    return len(first & second) / max(1, len(first | second))


def waiting_for(database: Path, manifest: Mapping[str, Entry]) -> int:
    """How many texts are still to be collected, or to give way to a newer version."""
    wrong = compared(rows(database), manifest)
    return sum(len(wrong[sort]) for sort in ("lost", "cut", "outdated"))


def traces(home: Path, manifest: Mapping[str, Entry]) -> list[str]:
    """Files of the home in which an excluded name stands, in whatever table or cache."""
    names = [name.encode() for name, entry in manifest.items() if entry.fate == "excluded"]
    if not names:
        return []
    pattern = re.compile(b"|".join(names))
    found = []
    for path in sorted(path for path in home.rglob("*") if path.is_file()):
        if hit := pattern.search(path.read_bytes()):
            found.append(f"{hit[0].decode()} in {path.relative_to(home)}")
    return found


def damage(database: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(database)) as opened:
        found = [str(row[0]) for row in opened.execute("PRAGMA integrity_check")]
        found += [f"dangling row: {row}" for row in opened.execute("PRAGMA foreign_key_check")]
    return [line for line in found if line != "ok"]


def outcomes(database: Path) -> dict[str, Any]:
    """How runs ended, how many documents are in use, and how many lines the ledger has."""
    with contextlib.closing(sqlite3.connect(database)) as opened:
        states = dict(opened.execute("SELECT state, count(*) FROM runs GROUP BY state"))
        (live,) = opened.execute(
            "SELECT count(*) FROM documents WHERE superseded_at IS NULL"
        ).fetchone()
        (lines,) = opened.execute("SELECT count(*) FROM ledger").fetchone()
    return {"runs": states, "documents": live, "ledger_lines": lines}


def problems(wrong: Mapping[str, list[str]]) -> list[str]:
    """One line for each sort that is not empty."""
    return [
        f"{len(lines)} {sort}: {', '.join(lines[:SHOWN])}"
        for sort, lines in wrong.items()
        if lines and sort != BESIDE
    ]
