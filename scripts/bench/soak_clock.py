"""A clock on which time passes many times faster while the daemon waits, and a watch to go with it.

Intervals of hours and days come within minutes so. The waits in which the daemon looks after a job
that is asked to leave keep their length, on the clock too: a job gets as long to save its state as
ever. Knows nothing of the daemon but how long it waits.
"""

import contextlib
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from microtune.contracts import Change, Watch

BEGINS = datetime(2026, 3, 2, 7, tzinfo=UTC)  # the time of day when a soak begins
LOOKED_AFTER_S = 0.1  # waits up to here are between looks at a job on its way out
UNDER_WAY_S = 1.0  # and up to here at one under way: as long as ever, but for the clock
SHORTEST_S = 0.1
DAY_S = 24 * 3600.0


class CompressedClock:
    """See `microtune.daemon.clock.Clock`. `kept` carries the time of day over restarts."""

    def __init__(self, speed: float, kept: Path) -> None:
        self.speed = speed
        self._kept = kept
        self._passed = passed(kept)
        self._looked = time.monotonic()

    def awake(self) -> float:
        self._go(1.0)
        return self._passed

    def asleep(self) -> float:
        return 0.0

    def now(self) -> datetime:
        return BEGINS + timedelta(seconds=self.awake())

    def waited(self) -> None:
        """All the time since the last look passed `speed` times faster. Kept on disk."""
        self._go(self.speed)
        beside = self._kept.with_suffix(".new")
        with contextlib.suppress(OSError):
            beside.write_text(str(self._passed))
            os.replace(beside, self._kept)

    def _go(self, pace: float) -> None:
        now = time.monotonic()
        self._passed += pace * (now - self._looked)
        self._looked = now


class CompressedWatch:
    """See `microtune.contracts.Watch`: `inner`, with waits as the clock has them."""

    def __init__(self, inner: Watch, clock: CompressedClock) -> None:
        self._inner, self._clock = inner, clock

    def wait(self, seconds: float) -> tuple[Change, ...]:
        if seconds <= LOOKED_AFTER_S:
            return self._inner.wait(seconds)
        self._clock.awake()  # what passed before this wait passed at the usual pace
        rest = seconds > UNDER_WAY_S
        changes = self._inner.wait(
            max(SHORTEST_S, seconds / self._clock.speed) if rest else seconds
        )
        self._clock.waited()
        return changes

    def wake(self) -> None:
        self._inner.wake()

    def close(self) -> None:
        self._inner.close()


def passed(kept: Path) -> float:
    """Seconds on the clock that is kept there; 0 before the first."""
    try:
        return float(kept.read_text())
    except (OSError, ValueError):
        return 0.0
