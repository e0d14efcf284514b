"""What is done to a running command: killed, its disk filled or broken, its files taken away.

Each fault is begun at its moment and undone when the command has ended. Knows nothing of what is
checked afterwards.
"""

import os
import resource
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fault_children import Command
from fault_io import FailingDisk, Order, What

TRAINING = ("train", "train on", "resume", "promote")  # jobs that are a run
DISK_MB = 32
PAGE = 4096

Undo = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command runs. `disk` holds its home; `outside` is what it reads and does not own."""

    disk: Path
    home: Path
    outside: Path
    io: FailingDisk | None = None

    def begin(self, kind: str, command: Command, chance: float) -> Undo:
        """Do it now. `chance`, 0 to 1, is how much room a limit leaves."""
        return {
            "kill": kill,
            "disk full": fill_disk,
            "file limit": limit_file_size,
            "no descriptors": refuse_new_files,
            "writes fail": every_write_fails,
            "one write fails": one_write_fails,
            "reads fail": every_read_fails,
            "one read fails": one_read_fails,
            "input away": take_input_away,
            "run folder removed": remove_run_folders,
        }[kind](self, command, chance)


@dataclass(frozen=True, slots=True)
class Means:
    """What this machine allows: to fill a disk, and to break one."""

    fill: bool
    fail: bool


def kinds_for(job: str, means: Means) -> list[str]:
    """The kinds that can happen to a job; a kill counts four times, being the likeliest."""
    kinds = ["kill"] * 4 + ["file limit", "no descriptors"]
    kinds += ["disk full"] * 2 if means.fill else []
    if means.fail:
        kinds += ["writes fail", "one write fails", "reads fail", "one read fails"]
    kinds += [] if job == "use" else ["input away"]
    return kinds + (["run folder removed"] if job in TRAINING else [])


class OrphanLeft(Exception):
    """A killed command left a process of its own behind."""


def kill(place: Place, command: Command, chance: float) -> Undo:
    if orphans := command.kill():
        raise OrphanLeft(f"{len(orphans)} processes outlived the command by 10 s")
    return _nothing


def fill_disk(place: Place, command: Command, chance: float) -> Undo:
    """A file takes all room of the tmpfs but some pages: writes fail with ENOSPC."""
    ballast, room = place.disk / "ballast", int(chance * 300_000)
    with ballast.open("wb") as file:
        free = os.statvfs(place.disk).f_bavail * PAGE - room
        if free > 0:
            try:
                os.posix_fallocate(file.fileno(), 0, free)
            except OSError:  # the command took some of it meanwhile
                file.truncate(0)
                os.posix_fallocate(file.fileno(), 0, max(PAGE, free - 1_000_000))
    return lambda: ballast.unlink()


def limit_file_size(place: Place, command: Command, chance: float) -> Undo:
    """No file of the command can grow beyond a size: writes fail with EFBIG."""
    return _limited(command, resource.RLIMIT_FSIZE, PAGE + int(chance * 300_000))


def refuse_new_files(place: Place, command: Command, chance: float) -> Undo:
    """No file can be opened any more, whichever: EMFILE."""
    return _limited(command, resource.RLIMIT_NOFILE, 3)


def every_write_fails(place: Place, command: Command, chance: float) -> Undo:
    """The disk of the home takes nothing more: each write, fsync and rename ends with EIO."""
    return _failing(place, "writes", "every")


def one_write_fails(place: Place, command: Command, chance: float) -> Undo:
    """The next write (or fsync, or rename) to the disk of the home ends with EIO, no other."""
    return _failing(place, "writes", "one")


def every_read_fails(place: Place, command: Command, chance: float) -> Undo:
    """Whatever is read of the home, the mailbox or the base ends with EIO."""
    return _failing(place, "reads", "every")


def one_read_fails(place: Place, command: Command, chance: float) -> Undo:
    """The next read of them ends with EIO, no other."""
    return _failing(place, "reads", "one")


def take_input_away(place: Place, command: Command, chance: float) -> Undo:
    """What the command reads (its source, its base) is unplugged, and back afterwards."""
    away = place.outside.with_name("away")
    place.outside.rename(away)
    return lambda: void(away.rename(place.outside))


def remove_run_folders(place: Place, command: Command, chance: float) -> Undo:
    """The folders of runs vanish under the trainer: rows, plan and checkpoints are gone."""
    for folder in place.home.glob("runs/*/"):
        shutil.rmtree(folder, ignore_errors=True)
    return _nothing


def _failing(place: Place, what: What, how: Order) -> Undo:
    assert place.io is not None  # `kinds_for` names none of these kinds without
    place.io.order(what, how)
    return place.io.mend


def _limited(command: Command, what: int, soft: int) -> Undo:
    try:
        _, hard = resource.prlimit(command.pid, what)
        resource.prlimit(command.pid, what, (soft, hard))
    except ProcessLookupError:  # it has just ended
        pass
    return _nothing


def _nothing() -> None:
    """There is nothing to undo."""


def void(_: object) -> None:
    """For an expression whose value nobody wants."""


def mount_disk(folder: Path) -> bool:
    """A small tmpfs at `folder`, to be filled; whether this system lets us."""
    if os.geteuid() != 0:
        return False
    size = f"size={DISK_MB}m"
    command = ["mount", "-t", "tmpfs", "-o", size, "microtune-faults", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def unmount_disk(folder: Path) -> None:
    subprocess.run(["umount", "-l", str(folder)], check=True)
