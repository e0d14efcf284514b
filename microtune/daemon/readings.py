"""What the machine says of itself at one moment, as frozen values. None: it does not say."""

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True)
class Battery:
    """`percent` full; `on_mains` whether it need not give anything."""

    percent: float
    on_mains: bool


@dataclass(frozen=True, slots=True)
class Heat:
    """The sensor that is nearest to its limit, in degrees Celsius."""

    sensor: str
    celsius: float
    limit: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the machine."""

    time_of_day: time
    load: float  # of the last minute, for each core, our own work too
    others: float | None  # share of all cores that work of usual priority took since the last look
    input_idle_s: float | None  # since a key was pressed or the pointer moved
    battery: Battery | None  # None: there is none
    heat: Heat | None
    memory_mb: int  # that a program could have
    disk_mb: int  # free where the home lies
