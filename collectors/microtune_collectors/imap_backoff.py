"""How long to wait before a server is tried again: longer each time, and never all at once."""

import random
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential, with half of each delay drawn by chance, so that clients do not march in step.

    `attempts`: how many delays there are before giving up; None: never.
    """

    first_s: float = 1.0
    longest_s: float = 15 * 60.0
    attempts: int | None = None

    def delays(self) -> Iterator[float]:
        """Seconds to wait before each further attempt."""
        tried, upper = 0, self.first_s
        while self.attempts is None or tried < self.attempts:
            yield random.uniform(upper / 2, upper)
            tried, upper = tried + 1, min(upper * 2, self.longest_s)


ONCE = Backoff(attempts=0)
A_PASS = Backoff(attempts=4)  # about ten seconds: the next pass goes on anyway
A_WATCH = Backoff(first_s=5)
