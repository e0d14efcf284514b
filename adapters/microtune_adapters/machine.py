"""What this machine has that a base needs: memory, cores, a graphics processor, free disk.

Knows no base. Whatever the system does not say is None; reading never fails.
"""

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

PATIENCE_S = 3.0  # a driver that hangs must not hang the wizard


@dataclass(frozen=True, slots=True)
class Gpu:
    """A graphics processor. `memory_mb` None: it uses the machine's own memory, or does not say."""

    name: str
    memory_mb: int | None


@dataclass(frozen=True, slots=True)
class Machine:
    """One look at it. MB are 10^6 bytes; `disk_mb` is free where the home lies."""

    memory_mb: int
    available_mb: int
    cores: int
    gpu: Gpu | None
    disk_mb: int

    @property
    def line(self) -> str:
        """The same in words."""
        shared = (
            f" with {self.gpu.memory_mb / 1e3:.0f} GB" if self.gpu and self.gpu.memory_mb else ""
        )
        gpu = f"{self.gpu.name}{shared}" if self.gpu else "no graphics processor found"
        cores = "1 core" if self.cores == 1 else f"{self.cores} cores"
        return (
            f"{self.memory_mb / 1e3:.1f} GB of memory ({self.available_mb / 1e3:.1f} free), "
            f"{cores}, {gpu}, {self.disk_mb / 1e3:.0f} GB of disk free"
        )


def this_machine(home: Path) -> Machine:
    """How it is now; tens of milliseconds where nvidia-smi has to be asked."""
    import psutil

    memory = psutil.virtual_memory()
    return Machine(
        memory_mb=memory.total // 1_000_000,
        available_mb=memory.available // 1_000_000,
        cores=psutil.cpu_count(logical=False) or os.cpu_count() or 1,
        gpu=_nvidia() or _metal(),
        disk_mb=free_bytes(home) // 1_000_000,
    )


def free_bytes(folder: Path) -> int:
    """Free space where `folder` lies, or will lie."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _nvidia() -> Gpu | None:
    """The first card that nvidia-smi names."""
    said = _said("nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits")
    name, _, mebibytes = said.partition("\n")[0].rpartition(",")
    try:
        return Gpu(name.strip(), int(mebibytes) * (1 << 20) // 1_000_000) if name else None
    except ValueError:
        return None


def _metal() -> Gpu | None:
    """Apple silicon, whose graphics processor shares the machine's memory."""
    if (platform.system(), platform.machine()) != ("Darwin", "arm64"):
        return None
    return Gpu(_said("sysctl", "-n", "machdep.cpu.brand_string").strip() or "Apple silicon", None)


def _said(*command: str) -> str:
    """What a program says; "" where it is missing, fails, or takes too long."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE_S,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout if done.returncode == 0 else ""
