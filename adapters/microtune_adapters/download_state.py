"""How the download of a home stands, in a small file for those who ask from another process.

One download at a time: whoever downloads holds a lock until it ends, however it ends, and the file
says how far it came. Knows nothing of hubs.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Literal, TextIO

from microtune import locks
from microtune.daemon.lock import holder
from microtune.errors import MicrotuneError
from microtune.files import replace_file
from microtune.locations import Home

FILE, LOCK = "download.json", ".downloading"
PATIENCE_S = 0.5  # somebody who asks has the lock for an instant

State = Literal["starting", "downloading", "verifying", "done", "stopped", "failed"]
UNDER_WAY = ("starting", "downloading", "verifying")


@dataclass(frozen=True, slots=True)
class Download:
    """The newest download. `name` is that of the base, `asked` what its owner typed; `line` says
    what went wrong. "stopped" and most of what "failed" goes on where it was, when asked for again.
    """

    name: str
    asked: str
    state: State
    done: int = 0
    total: int = 0
    bytes_per_s: float = 0.0
    seconds_left: float | None = None
    line: str = ""

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def percent(self) -> int:
        return self.done * 100 // self.total if self.total else 0

    def save(self, home: Home) -> None:
        """Write it in one step. Raises `OSError`."""
        replace_file(home.bases / FILE, json.dumps(asdict(self)) + "\n")

    @classmethod
    def load(cls, home: Home) -> "Download | None":
        """The newest one; None where there was none. One that was killed is "stopped"."""
        try:
            found = cls(**json.loads((home.bases / FILE).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        if not found.under_way or is_held(home):
            return found
        return replace(found, state="stopped", bytes_per_s=0.0, seconds_left=None)

    @staticmethod
    def clear(home: Home) -> None:
        """Let nobody hear of it any more. Raises `OSError`."""
        (home.bases / FILE).unlink(missing_ok=True)


@contextmanager
def only_download(home: Home) -> Iterator[TextIO]:
    """Be the only download of `home`; the open lock, for the process that downloads to sign.

    Raises `MicrotuneError` that names the one under way, or where the home cannot be written.
    """
    home.create()
    try:
        home.bases.mkdir(exist_ok=True, mode=0o700)
        lock = (home.bases / LOCK).open("a+")
    except OSError as error:
        raise MicrotuneError(
            f"cannot write to {home.bases} ({error.strerror})",
            "Give yourself write access to it, or choose another --home DIR.",
        ) from error
    with lock:
        if not locks.take(lock, PATIENCE_S):
            found = Download.load(home)
            what = found.name if found else "a base"
            raise MicrotuneError(
                f"{what} is being downloaded already, by process {locks.signed(lock)}",
                "Wait for its end (`microtune status`), or stop it with: microtune bases cancel",
            )
        lock.truncate(0)  # who downloads signs it; nobody else may be told to leave
        yield lock


def downloader(home: Home) -> int | None:
    """The process that downloads now; None where nobody does."""
    return holder(home.bases / LOCK)


def is_held(home: Home) -> bool:
    """Whether somebody downloads now, whoever it is."""
    try:
        with (home.bases / LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
