"""A disk that fails on order: builds the library of fault_io.c, and gives it its orders.

Knows nothing of commands; whoever is started with `environment` obeys.
"""

import mmap
import shutil
import subprocess
from pathlib import Path
from typing import Literal

SOURCE = Path(__file__).with_name("fault_io.c")
What = Literal["writes", "reads"]
Order = Literal["sound", "every", "one"]
_PLACES: dict[What, int] = {"writes": 0, "reads": 4}
_NUMBERS: dict[Order, int] = {"sound": 0, "every": 1, "one": 2}


class FailingDisk:
    """Lets calls for files below `disk` fail, and reads of files below `read_only` too."""

    def __init__(self, work: Path, disk: Path, read_only: Path) -> None:
        """Library and orders lie in `work`. Raises `OSError` where it cannot be built."""
        library, orders = work / "fault_io.so", work / "orders"
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            raise OSError("no C compiler")
        command = [compiler, "-O2", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise OSError(done.stderr.strip())
        orders.write_bytes(bytes(8))
        with orders.open("r+b") as file:
            self._orders = mmap.mmap(file.fileno(), 8)
        self.environment = {
            "LD_PRELOAD": str(library),
            "MICROTUNE_FAULTS_ORDERS": str(orders),
            "MICROTUNE_FAULTS_DISK": f"{disk}/",
            "MICROTUNE_FAULTS_INPUT": f"{read_only}/",
        }

    def order(self, what: What, how: Order) -> None:
        """From now on, in every process that obeys."""
        at = _PLACES[what]
        self._orders[at : at + 4] = _NUMBERS[how].to_bytes(4, "little")

    def mend(self) -> None:
        """Nothing fails any more."""
        self._orders[:] = bytes(8)


def failing_disk(work: Path, disk: Path, read_only: Path) -> FailingDisk | None:
    """None where there is no C compiler, or no Linux."""
    try:
        return FailingDisk(work, disk, read_only)
    except OSError:
        return None
