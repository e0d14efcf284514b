"""What a person can set about the daemon. All of it has a default, so the file need not exist."""

import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from microtune.daemon.quiet_hours import QuietHours
from microtune.errors import MicrotuneError
from microtune.files import replace_file
from microtune.locations import Home

FILE = "settings.json"


@dataclass(frozen=True, slots=True)
class DaemonSettings:
    """Each figure is a limit that one of the conditions looks at."""

    new_words: int = 2000  # that no run has seen yet
    idle_load: float = 0.5  # of each core, by other programs
    idle_minutes: float = 3.0  # without keyboard or pointer; 0: whether somebody is there or not
    battery_percent: int = 80  # above this also on battery; 100: on mains only
    quiet_hours: str = ""  # "09:00-17:00": nothing is trained then
    minutes: float = 10.0  # how long the training loop of one run may take

    @classmethod
    def load(cls, home: Home) -> "DaemonSettings":
        """Those of `home`. Raises `MicrotuneError` that names what is wrong with the file."""
        path = home.daemon / FILE
        try:
            given = json.loads(path.read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return cls()
        except (OSError, ValueError) as error:
            raise _unusable(path, error) from error
        if not isinstance(given, dict):
            raise _unusable(path, "it holds no object")
        try:
            return cls().changed(given)
        except ValueError as error:
            raise _unusable(path, error) from error

    def changed(self, values: dict[str, Any]) -> "DaemonSettings":
        """With these instead; texts are read as numbers where numbers belong.

        Raises `ValueError` for a name that is none and for a value that means nothing.
        """
        kinds = {field.name: type(field.default) for field in fields(self)}
        for name in values:
            if name not in kinds:
                raise ValueError(f"there is no setting {name!r}, only {', '.join(kinds)}")
        changed = replace(self, **{name: _as(kinds[name], name, v) for name, v in values.items()})
        QuietHours.parse(changed.quiet_hours)
        for name, value in changed.facts().items():
            if isinstance(value, int | float) and not 0 <= value < 1e9:
                raise ValueError(f"{name} cannot be {value}")
        if changed.minutes == 0:
            raise ValueError("minutes cannot be 0")
        return changed

    def facts(self) -> dict[str, object]:
        """name → value."""
        return asdict(self)

    def save(self, home: Home) -> None:
        """Write them in one step. Raises `OSError`."""
        home.daemon.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(home.daemon / FILE, json.dumps(self.facts(), indent=2) + "\n")


def _as(kind: type, name: str, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{name} cannot be {value!r}")
    try:
        return kind(value)
    except ValueError as error:
        raise ValueError(f"{name} cannot be {value!r}") from error


def _unusable(path: Path, why: object) -> MicrotuneError:
    return MicrotuneError(
        f"cannot use the daemon's settings in {path} ({why})",
        "Mend the file, or delete it to have the defaults.",
    )
