"""What the writers of a soak wrote, by the name in each text: what must be found, and what never.

One line of JSON for each, the newest about a name counts. Knows nothing of texts.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

# live: must be in use, once. replaced: by a newer version, must not be in use. foreign: somebody
# else's words, in no text. excluded: nowhere in the home at all.
Fate = Literal["live", "replaced", "foreign", "excluded"]


@dataclass(frozen=True, slots=True)
class Entry:
    """`where` it was written; `later`: the name of the version that replaced it."""

    fate: Fate
    where: str
    later: str = ""


class Manifest:
    """The file as its writers have it, who are several threads."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def note(self, name: str, fate: Fate, where: str, later: str = "") -> None:
        with self._lock:
            self._file.write(json.dumps([name, fate, where, later]) + "\n")
            self._file.flush()

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> Mapping[str, Entry]:
    """name → what became of it."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return {name: Entry(*about) for name, *about in map(json.loads, lines)}
