"""The home of a soak and the writers to its sources, as they are set up and ended.

Settings are such as a person could make: the machine may be as busy as it likes, since a soak
shares it with other work; a run trains for seconds, since its base is tiny; the nights are quiet.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from homes import microtune
from soak_mail import ME
from soak_troubles import HERE, Place
from soak_writers import ROOTS

SETTINGS = {
    "idle_load": "1000",
    "idle_minutes": "0",
    "new_words": "3000",
    "minutes": "0.5",
    "quiet_hours": "23:00-06:00",
}
ENDING_S = 60.0
FIRST = b"""From dora@example.com Mon Jan  1 10:00:00 2001
From: dora@example.com
To: ann@example.org
Subject: Welcome

An empty mailbox cannot be added, so this one begins with a message of somebody else.

"""


def set_up(place: Place, base: Path) -> None:
    """A home with five sources, of which two are known to be folders of texts."""
    place.temporary.mkdir()
    microtune(place.home, "init", "--base", str(base), "--yes")
    for root in ROOTS:
        folder = place.work / root
        is_box = root == "mailbox"
        me = [] if root in ("notes", "documents") else ["--me", ME]
        source = folder / "sent.mbox" if is_box else folder
        microtune(place.home, "sources", "add", str(source), *me)
    pairs = [f"{name}={value}" for name, value in SETTINGS.items()]
    microtune(place.home, "daemon", "settings", *pairs)


class Writers:
    """The writers' process. Its folders are made with it, so that sources can be added before."""

    def __init__(self, work: Path, home: Path, seed: int, pause_s: float) -> None:
        self._work = work
        self._database = home / "microtune.db"
        self._seed, self._pause_s = seed, pause_s
        self.roots = [work / root for root in ROOTS]
        for root in self.roots:
            root.mkdir()
        for name in ("cur", "new", "tmp"):
            (work / "maildir" / name).mkdir()
        (work / "mailbox" / "sent.mbox").write_bytes(FIRST)

    @property
    def manifest(self) -> Path:
        return self._work / "manifest.jsonl"

    def start(self) -> None:
        command = [sys.executable, HERE / "soak_writers.py", self._work, self._database]
        self._process = subprocess.Popen(
            [*map(str, command), str(self._seed), str(self._pause_s)],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ,
        )

    def stop(self) -> dict[str, Any]:
        """What they did, by source, and what they failed at."""
        self._process.terminate()  # they finish what they are at
        said, _ = self._process.communicate(timeout=ENDING_S)
        return dict(json.loads(said))

    def kill(self) -> None:
        """Whatever became of them; harmless when repeated."""
        self._process.kill()
        self._process.wait()
