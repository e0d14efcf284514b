"""Notices: a line for each adapter that the daemon brought into use, shown to its owner once.

Whoever shows them takes them: `microtune status`, or the assistant.
"""

import json
from dataclasses import asdict, dataclass, replace

from microtune.errors import MicrotuneError
from microtune.files import replace_file
from microtune.locations import Home

FILE = "notices.json"
KEPT = 50


@dataclass(frozen=True, slots=True)
class Notice:
    """`run` tells it from others: no run is announced twice."""

    run: str
    at: str  # ISO 8601
    line: str
    shown: bool = False


def all_notices(home: Home) -> tuple[Notice, ...]:
    """The latest, oldest first."""
    try:
        kept = json.loads((home.daemon / FILE).read_text("utf-8"))
        return tuple(Notice(**notice) for notice in kept)
    except (OSError, ValueError, TypeError):
        return ()


def add(home: Home, notice: Notice) -> bool:
    """Keep it; False where its run was announced before. Raises `OSError`."""
    before = all_notices(home)
    if notice.run in {other.run for other in before}:
        return False
    _write(home, (*before, notice)[-KEPT:])
    return True


def take(home: Home) -> tuple[Notice, ...]:
    """Those that nobody has shown yet, which count as shown from now on."""
    before = all_notices(home)
    new = tuple(notice for notice in before if not notice.shown)
    if new:
        try:
            _write(home, tuple(replace(notice, shown=True) for notice in before))
        except OSError as error:
            raise MicrotuneError(
                f"cannot write {home.daemon / FILE} ({error.strerror})",
                "Free some space or give yourself write access to it.",
            ) from error
    return new


def _write(home: Home, notices: tuple[Notice, ...]) -> None:
    home.daemon.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(home.daemon / FILE, json.dumps([asdict(n) for n in notices], indent=1) + "\n")
