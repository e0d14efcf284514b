"""What the daemon does at the moment, in a file for those who ask from another process."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

from microtune.files import replace_file
from microtune.locations import Home

FILE, PAUSED = "standing.json", "paused"

State = Literal["starting", "watching", "waiting", "training", "preparing", "paused", "troubled"]


@dataclass(frozen=True, slots=True)
class Standing:
    """`state` since the moment `since` (ISO 8601); `line` says why, for people.

    "watching": there is nothing to train. "waiting": there is, and a condition does not hold.
    "preparing": there is not, and drafts are made for messages that wait for an answer.
    "troubled": the home cannot be used, which is tried again.
    """

    state: State
    line: str
    since: str
    child: int | None = None  # the process that trains

    def save(self, home: Home) -> None:
        """Write it in one step. Raises `OSError`."""
        replace_file(home.daemon / FILE, json.dumps(asdict(self)) + "\n")

    @classmethod
    def load(cls, home: Home) -> "Standing | None":
        """The last one written, by whichever daemon; None where none can be read."""
        try:
            return cls(**json.loads((home.daemon / FILE).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None


def is_paused(home: Home) -> bool:
    """Whether its owner wants no collecting and no training for now."""
    return (home.daemon / PAUSED).exists()


def pause(home: Home) -> None:
    """From now on, and over restarts. Raises `OSError`."""
    home.daemon.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home.daemon / PAUSED).touch(mode=0o600)


def unpause(home: Home) -> None:
    """Raises `OSError`."""
    (home.daemon / PAUSED).unlink(missing_ok=True)
