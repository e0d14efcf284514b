"""What every writer of a soak works with: chance, fresh names, the manifest, a look at the store.

Knows nothing of files and formats.
"""

import contextlib
import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fcntl import LOCK_EX, flock
from pathlib import Path

from soak_manifest import Fate, Manifest
from soak_prose import edited, ended, name, prose, with_name

NAMES_EACH = 12_000  # of the 65,536 that there are, for each of five writers
BUSY_S = 10.0


@dataclass(slots=True)
class Text:
    """A text that was written: its newest version."""

    name: str
    paragraphs: list[str]

    def __str__(self) -> str:
        return "\n\n".join(self.whole) + "\n"

    @property
    def whole(self) -> list[str]:
        """Its paragraphs, with the name in the first and the last."""
        return with_name(self.paragraphs, self.name)


@dataclass(slots=True)
class Hand:
    """One writer's. `database` is only ever read, and may not be there yet."""

    root: Path  # may be renamed away for a while
    manifest: Manifest
    chance: random.Random
    number: int  # of the writer, from 0
    database: Path
    written: dict[str, int] = field(default_factory=dict)  # what was done → how often
    _names: int = 0

    def new(self) -> Text:
        return Text(self._name(), prose(self.chance))

    def newer(self, text: Text) -> Text:
        return Text(self._name(), edited(self.chance, text.paragraphs))

    def note(self, text: Text, fate: Fate, where: str, later: str = "") -> None:
        self.manifest.note(text.name, fate, where, later)

    def did(self, what: str, times: int = 1) -> None:
        self.written[what] = self.written.get(what, 0) + times

    def is_kept(self, text: Text) -> bool:
        """Whether the store has it in use, as a person sees it who deletes what is old."""
        sql = "SELECT 1 FROM documents WHERE superseded_at IS NULL AND instr(text, ?)"
        place = f"file:{self.database}?mode=ro"
        try:
            with contextlib.closing(sqlite3.connect(place, BUSY_S, uri=True)) as database:
                return database.execute(sql, (ended(text.name),)).fetchone() is not None
        except sqlite3.Error:  # not there yet, or busy
            return False

    @contextmanager
    def plugged(self) -> Iterator[bool]:
        """Whether the root is there now. It stays as it is meanwhile."""
        with held(self.root):
            yield self.root.exists()

    def _name(self) -> str:
        self._names += 1
        return name(self.number * NAMES_EACH + self._names)


@contextmanager
def held(root: Path) -> Iterator[None]:
    """While a writer writes below `root`, nobody renames it, and the other way round."""
    with root.with_name(f"{root.name}.held").open("w") as lock:
        flock(lock, LOCK_EX)
        yield
