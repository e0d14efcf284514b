"""Where things lie in a home. Creates nothing until asked to."""

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from microtune.errors import MicrotuneError


@dataclass(frozen=True, slots=True)
class Home:
    """One person's microtune folder."""

    path: Path

    @classmethod
    def find(cls, given: str | None = None) -> "Home":
        """`given`, else the environment's MICROTUNE_HOME, else the platform's data folder."""
        place = given or os.environ.get("MICROTUNE_HOME") or user_data_path("microtune")
        return cls(Path(place).expanduser().absolute())

    @property
    def database(self) -> Path:
        return self.path / "microtune.db"

    @property
    def settings(self) -> Path:
        return self.path / "settings.json"

    @property
    def exclusions(self) -> Path:
        return self.path / "exclusions"

    @property
    def adapters(self) -> Path:
        return self.path / "adapters"

    @property
    def bases(self) -> Path:
        return self.path / "bases"

    @property
    def runs(self) -> Path:
        return self.path / "runs"

    @property
    def daemon(self) -> Path:
        return self.path / "daemon"

    @property
    def ledger_head(self) -> Path:
        return self.path / "ledger.head"

    def create(self) -> "Home":
        """Make the folder, readable by its owner only. Raises `MicrotuneError` if it cannot."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            probe = self.path / f".writable-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise MicrotuneError(
                f"cannot write to the home {self.path} ({error.strerror})",
                "Choose another with --home DIR, or give yourself write access to it.",
            ) from error
        return self
