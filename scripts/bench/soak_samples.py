"""What the resident process of a soak holds from moment to moment, and how that grew.

Knows nothing of what the daemon is for: a process, a home, a folder for temporary files.
"""

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any

import psutil

MB = 1e6


@dataclass(frozen=True, slots=True)
class Sample:
    """One look. `life` counts the starts of the daemon from 1; sizes in bytes."""

    at: float  # seconds since the soak began
    life: int
    rss: int
    uss: int
    threads: int
    descriptors: int
    cpu_s: float
    database: int
    wal: int
    runs: int  # folders of runs
    adapters: int
    temporary: int  # entries of the folder for temporary files
    watched_s: float  # on the daemon's clock, since the soak began


def look(
    process: psutil.Process, home: Path, temporary: Path, at: float, life: int, watched_s: float
) -> Sample | None:
    """None where the process has just gone."""
    try:
        with process.oneshot():
            memory, times = process.memory_full_info(), process.cpu_times()
            threads, descriptors = process.num_threads(), process.num_fds()
    except psutil.Error:
        return None
    return Sample(
        at=round(at, 1),
        life=life,
        rss=memory.rss,
        uss=memory.uss,
        threads=threads,
        descriptors=descriptors,
        cpu_s=times.user + times.system,
        database=_size(home / "microtune.db"),
        wal=_size(home / "microtune.db-wal"),
        runs=_folders(home / "runs"),
        adapters=_folders(home / "adapters"),
        temporary=_entries(temporary),
        watched_s=round(watched_s),
    )


def keep(samples: Path, sample: Sample) -> None:
    with samples.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(sample)) + "\n")


def figures(samples: Sequence[Sample]) -> dict[str, Any]:
    """Of the longest life: how much it held, and by how much that grew."""
    if not samples:
        return {}
    lives = [[s for s in samples if s.life == life] for life in {s.life for s in samples}]
    long = max(lives, key=lambda life: life[-1].at - life[0].at)
    later = long[len(long) // 2 :]
    return {
        "lives": len(lives),
        "minutes": round((long[-1].at - long[0].at) / 60, 1),
        "samples": len(long),
        "rss_mb": _of(long, "rss", MB),
        "uss_mb": _of(long, "uss", MB),
        "threads": _of(long, "threads"),
        "descriptors": _of(long, "descriptors"),
        "rss_mb_per_hour": round(slope(later, "rss") / MB, 2),
        "uss_mb_per_hour": round(slope(later, "uss") / MB, 2),
        "core_share": (long[-1].cpu_s - long[0].cpu_s) / max(1e-9, long[-1].at - long[0].at),
        "database_mb": round(max(s.database for s in samples) / MB, 1),
        "wal_mb": round(max(s.wal for s in samples) / MB, 1),
        "most_runs": max(s.runs for s in samples),
        "most_temporary": max(s.temporary for s in samples),
        "peak_rss_mb": round(max(s.rss for s in samples) / MB, 1),
    }


def slope(samples: Sequence[Sample], name: str) -> float:
    """Of the straight line through the samples with the least squares, for each hour."""
    hours = [sample.at / 3600 for sample in samples]
    values = [float(getattr(sample, name)) for sample in samples]
    about, level = fmean(hours), fmean(values)
    spread = sum((hour - about) ** 2 for hour in hours)
    if not spread:
        return 0.0
    return sum((h - about) * (v - level) for h, v in zip(hours, values, strict=True)) / spread


def _of(samples: Sequence[Sample], name: str, unit: float = 1.0) -> dict[str, float]:
    """The medians of the first and the last quarter, and the extremes."""
    values = [getattr(sample, name) / unit for sample in samples]
    quarter = max(1, len(values) // 4)
    found = {
        "first": median(values[:quarter]),
        "last": median(values[-quarter:]),
        "least": min(values),
        "most": max(values),
    }
    return {key: round(value, 2) for key, value in found.items()}


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _folders(folder: Path) -> int:
    with contextlib.suppress(OSError):
        return sum(path.is_dir() for path in folder.iterdir() if not path.name.startswith("."))
    return 0


def _entries(folder: Path) -> int:
    return sum(1 for _ in folder.iterdir())
