"""What the daemon has done by others: a job that runs by itself and can be asked to leave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

INTERRUPTED = 75  # exit code of work that saved its state and can go on (EX_TEMPFAIL)
NOTHING_NEW = "nothing new"  # "status" of a run that found nothing to train on


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended. `facts` is what it said with --json, `complaint` its last line of error."""

    code: int  # negative: killed by this signal
    facts: Mapping[str, Any] = field(default_factory=dict)
    complaint: str = ""

    @property
    def why(self) -> str:
        """A few words, for a job that failed."""
        return self.complaint or (
            f"killed by signal {-self.code}" if self.code < 0 else f"exit code {self.code}"
        )


class Job(Protocol):
    """Work under way in another process."""

    pid: int

    def ended(self) -> Ended | None:
        """How it ended; None while it goes on. Never waits."""
        ...

    def leave(self) -> None:
        """Ask it to save its state and leave."""
        ...

    def kill(self) -> None:
        """End it and all that it started, at once."""
        ...
