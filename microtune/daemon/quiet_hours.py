"""Quiet hours: a part of the day in which nothing is trained. Knows nothing of time zones."""

import re
from dataclasses import dataclass
from datetime import time

_FORM = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begin` up to `end`, every day; over midnight where `end` is the earlier one."""

    begin: time
    end: time

    @classmethod
    def parse(cls, text: str) -> "QuietHours | None":
        """ "22:00-07:30" as hours; "" is None, no quiet hours. Raises `ValueError` for others."""
        if not text.strip():
            return None
        found = _FORM.fullmatch(text)
        if not found:
            raise ValueError(f"{text!r} is not of the form 22:00-07:30")
        begin_h, begin_m, end_h, end_m = map(int, found.groups())
        hours = cls(time(begin_h, begin_m), time(end_h, end_m))
        if hours.begin == hours.end:
            raise ValueError(f"{text!r} begins when it ends")
        return hours

    def hold(self, at: time) -> bool:
        """Whether they hold at this time of day."""
        if self.begin < self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"
