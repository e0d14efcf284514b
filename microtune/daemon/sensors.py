"""Reads this machine's load, power, temperature, memory and disk. Knows no limits."""

import os
import shutil
from collections.abc import Iterable
from datetime import time
from pathlib import Path

import psutil

from microtune.daemon.input_idle import InputIdle
from microtune.daemon.readings import Battery, Heat, Reading

HOTTEST_C = 150.0  # a limit above this is a sensor's way to say that it has none
MARGIN_TO_CRITICAL_C = 10.0  # where a sensor names only what is critical


class Sensors:
    """Looks at the machine whose disk holds `home`."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._input = InputIdle()
        self._times: tuple[float, float] | None = None  # of usual priority, all; at the last look

    def read(self, time_of_day: time) -> Reading:
        """How things are now. Milliseconds; on Linux one process is started to ask logind."""
        return Reading(
            time_of_day=time_of_day,
            load=psutil.getloadavg()[0] / cores(),
            others=self._others(),
            input_idle_s=self._input.seconds(),
            battery=_battery(),
            heat=_heat(),
            memory_mb=psutil.virtual_memory().available // 1_000_000,
            disk_mb=_free_mb(self._home),
        )

    def _others(self) -> float | None:
        """The share of all cores that work of usual priority took since the last look.

        Our runs have the lowest priority, and systems count the time of such work apart.
        """
        spent = psutil.cpu_times()
        total = float(sum(spent[:8]))  # what follows is counted in these already
        busy = float(spent.user + spent.system)
        before, self._times = self._times, (busy, total)
        if before is None or total <= before[1]:
            return None
        return min(1.0, max(0.0, (busy - before[0]) / (total - before[1])))


def cores() -> int:
    return os.cpu_count() or 1


def _battery() -> Battery | None:
    try:
        found = psutil.sensors_battery()
    except (AttributeError, OSError, ValueError):  # not on this system, or a driver's nonsense
        return None
    return Battery(float(found.percent), found.power_plugged is True) if found else None


def _heat() -> Heat | None:
    try:
        groups = psutil.sensors_temperatures()
    except (AttributeError, OSError, ValueError):
        return None
    heats = [heat for name, sensors in groups.items() for heat in _limited(name, sensors)]
    return min(heats, key=lambda heat: heat.limit - heat.celsius, default=None)


def _limited(name: str, sensors: Iterable[object]) -> Iterable[Heat]:
    """The sensors that name a limit which can be one."""
    for sensor in sensors:
        current, high, critical = (
            getattr(sensor, n, None) for n in ("current", "high", "critical")
        )
        limits = [high, critical - MARGIN_TO_CRITICAL_C if critical else None]
        usable = [limit for limit in limits if limit and 0 < limit < HOTTEST_C]
        if usable and current is not None:
            yield Heat(name, float(current), float(min(usable)))


def _free_mb(folder: Path) -> int:
    """Free space where `folder` lies, or will lie."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free // 1_000_000
