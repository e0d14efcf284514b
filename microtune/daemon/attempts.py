"""What the daemon remembers of its attempts to train, over restarts: failures in a row, costs, and
words in which there was nothing to train on.

A failing run is tried again after a minute, then after longer and longer. The time of day serves
only to carry a wait over a restart.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from microtune.daemon.need import HeldBack
from microtune.files import replace_file
from microtune.locations import Home

FILE = "attempts.json"
FIRST_WAIT_S, FACTOR, LONGEST_WAIT_S = 60.0, 4.0, 6 * 3600.0


@dataclass(frozen=True, slots=True)
class Attempts:
    """`settled`: the newest run whose end was told of; `peak_mb`: what the last run held."""

    failures: int = 0
    failure: str = ""
    failed_at: str = ""  # ISO 8601
    settled: str = ""
    peak_mb: int = 0
    held_back: HeldBack = field(default_factory=HeldBack)

    def failed(self, why: str, now: datetime) -> "Attempts":
        """After one more failure."""
        at = now.isoformat(timespec="seconds")
        return replace(self, failures=self.failures + 1, failure=why, failed_at=at)

    def cleared(self) -> "Attempts":
        """After a run that came to its end, or when its owner asks to go on at once."""
        return replace(self, failures=0, failure="", failed_at="")

    @property
    def wait_s(self) -> float:
        """How long to rest after the last failure."""
        if not self.failures:
            return 0.0
        return float(min(LONGEST_WAIT_S, FIRST_WAIT_S * FACTOR ** (min(self.failures, 20) - 1)))

    def wait_left_s(self, now: datetime) -> float:
        """What is left of it; all of it where the clock was set back since."""
        try:
            passed = (now - datetime.fromisoformat(self.failed_at)).total_seconds()
        except (ValueError, TypeError):
            return self.wait_s
        return max(0.0, self.wait_s - passed) if passed >= 0 else self.wait_s

    def save(self, home: Home) -> None:
        """Write them in one step. Raises `OSError`."""
        home.daemon.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(home.daemon / FILE, json.dumps(asdict(self)) + "\n")

    @classmethod
    def load(cls, home: Home) -> "Attempts":
        """Those remembered; none where the file is missing or damaged."""
        try:
            kept: dict[str, Any] = json.loads((home.daemon / FILE).read_text("utf-8"))
            held = {"run": "", "words": 0} | kept.get("held_back", {})  # earlier daemons kept none
            return cls(
                int(kept["failures"]),
                str(kept["failure"]),
                str(kept["failed_at"]),
                str(kept["settled"]),
                int(kept["peak_mb"]),
                HeldBack(str(held["run"]), int(held["words"])),
            )
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return cls()
