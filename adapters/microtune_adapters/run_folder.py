"""What a training run keeps on disk until it ends: its rows, its plan, and a lock against a second.

Rows hold the person's words, so no folder outlives its run. Knows nothing of models or the store.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

from microtune import locks
from microtune.errors import MicrotuneError, may_be_whole
from microtune.files import replace_file
from microtune_adapters.rows import Rows

PLAN, LOCK = "plan.json", ".lock"
PARTS = ("rows", "validation", "pairs")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run trains on, step by step, fixed before the first step. `pairs`: of preference."""

    rows: Rows
    validation: Rows
    steps: int
    pairs: Rows


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of one run; it need not exist."""

    path: Path

    @property
    def planned(self) -> bool:
        """Whether there is something to resume."""
        return (self.path / PLAN).exists()

    def save(self, plan: Plan) -> None:
        """Keep the plan; its number of steps is written last and says that all is there."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in PARTS:
            getattr(plan, name).save(self.path / f"{name}.npz")
        replace_file(self.path / PLAN, json.dumps({"steps": plan.steps}))

    def load(self) -> Plan | None:
        """The plan; None where there is none, or a damaged one, and the folder is empty.

        Raises `MicrotuneError` where the disk fails to read it: it may be whole, and hours of
        training lie beside it.
        """
        try:
            parts = {name: Rows.load(self.path / f"{name}.npz") for name in PARTS}
            return Plan(**parts, steps=int(json.loads((self.path / PLAN).read_text())["steps"]))
        except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
            if may_be_whole(error):
                raise MicrotuneError(
                    f"cannot read what the run in {self.path} trains on ({error})",
                    "Check that disk and run `microtune train` again; it goes on from there.",
                ) from error
            self.remove()
            return None

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


@contextmanager
def only_run(runs: Path, patience_s: float = 0.0) -> Iterator[None]:
    """Hold the lock of a home's `runs`; a killed process lets go of it by itself.

    Raises `MicrotuneError` that names the process which holds it for `patience_s` more.
    """
    runs.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (runs / LOCK).open("a+") as lock:
        if not locks.take(lock, patience_s):
            raise MicrotuneError(
                f"training is under way already, in process {locks.signed(lock)}",
                "Wait until it has ended, or stop it and run `microtune train` again.",
            )
        locks.sign(lock)
        yield


def sweep(runs: Path, keep: str) -> None:
    """Remove what runs other than `keep` left behind when they were killed at their very end."""
    for path in runs.iterdir():
        if path.is_dir() and path.name != keep:
            shutil.rmtree(path, ignore_errors=True)
