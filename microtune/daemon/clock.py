"""The clocks that the daemon goes by. Intervals never come from the time of day, which may jump."""

import time
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is, in three ways."""

    def awake(self) -> float:
        """Seconds that this machine has run; those of a suspension may or may not count."""
        ...

    def asleep(self) -> float:
        """Seconds that it was suspended since it started; 0 where nobody can tell."""
        ...

    def now(self) -> datetime:
        """The time of day here, timezone-aware."""
        ...


class SystemClock:
    """This machine's clocks."""

    def awake(self) -> float:
        """See `Clock.awake`."""
        return time.monotonic()

    def asleep(self) -> float:
        """See `Clock.asleep`. Linux alone tells: its boot-time clock runs on while suspended."""
        boot_time = getattr(time, "CLOCK_BOOTTIME", None)
        if boot_time is None:
            return 0.0
        return time.clock_gettime(boot_time) - time.clock_gettime(time.CLOCK_MONOTONIC)

    def now(self) -> datetime:
        """See `Clock.now`."""
        return datetime.now().astimezone()
