"""The settings of a home: which base it uses. Everything else is measured or chosen, not set."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from microtune.errors import MicrotuneError
from microtune.files import replace_file
from microtune.locations import Home

POCKET = "pocket"  # stands for the base that comes with the package


@dataclass(frozen=True, slots=True)
class Settings:
    """`base_path` is the file of the base, or "pocket"; `base_sha256` is that file's hash."""

    base_name: str
    base_path: str
    base_sha256: str

    @classmethod
    def load(cls, home: Home) -> "Settings | None":
        """The settings of `home`; None before `init`. Raises `MicrotuneError` if unreadable."""
        path = home.settings
        try:
            values = json.loads(path.read_text("utf-8"))
            settings = cls(**values)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, TypeError) as error:
            raise _unreadable(path, error) from error
        if not all(isinstance(value, str) and value for value in asdict(settings).values()):
            raise _unreadable(path, "a value is not a text")
        return settings

    def save(self, home: Home) -> None:
        """Write them in one step, readable by the owner only. Raises `MicrotuneError`."""
        try:
            home.create()
            replace_file(home.settings, json.dumps(asdict(self), indent=2) + "\n")
        except OSError as error:
            raise MicrotuneError(
                f"cannot write {home.settings} ({error.strerror})",
                "Free some space or give yourself write access, then try again.",
            ) from error


def _unreadable(path: Path, why: object) -> MicrotuneError:
    return MicrotuneError(
        f"cannot read the settings in {path} ({why})",
        "Mend the file, or delete it and run: microtune init",
    )
