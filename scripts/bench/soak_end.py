"""The end of a soak: the last kill, everything comes to rest, and the verdict on what is there."""

import time
from collections import Counter
from pathlib import Path
from typing import Any

from homes import microtune
from measured import CommandFailed
from soak_checks import BESIDE, compared, damage, outcomes, problems, rows, traces, waiting_for
from soak_clock import DAY_S, passed
from soak_manifest import read
from soak_scene import Writers
from soak_troubles import Place, Resident, Troubles

PATIENCE_S = 600.0
SETTLE_S = 5.0
DAYS = 1.2  # on the daemon's clock: a pass over everything comes once more


def end(place: Place, resident: Resident, troubles: Troubles, writers: Writers) -> dict[str, Any]:
    """Killed once more while the writers write; then they stop, and the daemon brings the rest."""
    found = [*troubles.problems, *resident.kill()]
    resident.start()
    time.sleep(SETTLE_S)
    written = writers.stop()
    found += [f"a writer failed: {line}" for line in written["failures"]]
    rest_s = _rest(place, writers)
    found += resident.stop()
    return {**_verdict(place, writers, found), "written": written["done"], "rest_s": rest_s}


def _rest(place: Place, writers: Writers) -> float:
    """Until all is collected, and then for a day of the daemon's; seconds until it was."""
    manifest, began = read(writers.manifest), time.monotonic()
    while waiting_for(place.home / "microtune.db", manifest):
        if time.monotonic() - began > PATIENCE_S:
            break
        time.sleep(1.0)
    seconds = time.monotonic() - began
    until = passed(place.clock) + DAYS * DAY_S
    last = time.monotonic() + max(PATIENCE_S, 10 * DAYS * DAY_S / place.speed)
    while passed(place.clock) < until and time.monotonic() < last:
        time.sleep(0.5)
    return round(seconds, 1)


def _verdict(place: Place, writers: Writers, found: list[str]) -> dict[str, Any]:
    database, manifest = place.home / "microtune.db", read(writers.manifest)
    wrong = compared(rows(database), manifest)
    found += problems(wrong)
    found += [f"an excluded text left a trace: {line}" for line in traces(place.home, manifest)]
    found += [f"SQLite: {line}" for line in damage(database)]
    found += _by_hand(place)
    found += [f"left behind: {path.name}" for path in place.temporary.iterdir() if not torchs(path)]
    log = place.log.read_text("utf-8")
    found += ["a traceback in the daemon's log"] if "Traceback" in log else []
    return {
        "problems": found,
        "manifest": dict(Counter(entry.fate for entry in manifest.values())),
        "beside": len(wrong[BESIDE]),
        **outcomes(database),
        "days": round(passed(place.clock) / DAY_S, 2),
        "begun": log.count("training begins"),
        "left": log.count("training leaves"),
        "failed": log.count("training failed"),
        "log": _tally(log),
    }


def torchs(path: Path) -> bool:
    """Whether it is the one empty folder, always of the same name, that torch makes for itself."""
    return path.name.startswith("torchinductor_") and path.is_dir() and not any(path.iterdir())


def _by_hand(place: Place) -> list[str]:
    """A last pass of the owner's finds nothing new; ledger and library are whole."""
    try:
        again = microtune(place.home, "collect").json()
        whole = microtune(place.home, "ledger", "verify").json()["whole"]
    except CommandFailed as error:
        return [f"at the end: {error}"]
    changed = {name: again[name] for name in ("new", "updated") if again[name]}
    found = [f"a last `collect` found {changed}"] if changed else []
    return found if whole else [*found, "the ledger is not whole"]


def _tally(log: str) -> dict[str, int]:
    """Complaints in the daemon's log → how often, the commonest first."""
    lines = (line for line in log.splitlines() if line.startswith(("collecting:", "training ")))
    kept = [line for line in lines if not line.startswith("training begins")]
    return dict(Counter(line[:120] for line in kept).most_common(12))
