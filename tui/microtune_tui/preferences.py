"""What a person chose about the screen itself: looks, suggestions, and whether edits are kept.

One small file of the home. Choices of a screen are worth no refusal: what cannot be read counts as
not chosen, and costs one line. Knows nothing of screens.
"""

import json
from dataclasses import asdict, dataclass, fields, replace

from microtune.errors import MicrotuneError
from microtune.files import replace_file
from microtune.locations import Home
from microtune_tui.looks import DARK, THEMES

FILE = "screen.json"


@dataclass(frozen=True, slots=True)
class Preferences:
    """`keep_edits`: what becomes of drafts is kept, so that runs can learn from it.
    `suggestions`: Continue shows how one would go on."""

    theme: str = DARK.name
    keep_edits: bool = True
    suggestions: bool = True

    @classmethod
    def load(cls, home: Home) -> tuple["Preferences", str]:
        """Those of `home`, and a line about what of them could not be read, "" for none."""
        path = home.path / FILE
        try:
            given = json.loads(path.read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return cls(), ""
        except (OSError, ValueError) as error:
            return cls(), _lost(f"cannot read {path} ({_cause(error)})")
        if not isinstance(given, dict):
            return cls(), _lost(f"{path} holds no choices")
        known = {name: value for name, value in given.items() if _means_something(name, value)}
        strange = sorted(given.keys() - known.keys())
        line = _lost(f"{path} says nothing known of {', '.join(strange)}") if strange else ""
        return cls(**known), line

    def save(self, home: Home) -> None:
        """Write them in one step. Raises `MicrotuneError`."""
        try:
            home.create()
            replace_file(home.path / FILE, json.dumps(asdict(self), indent=2) + "\n")
        except OSError as error:
            raise MicrotuneError(
                f"cannot write {home.path / FILE} ({error.strerror})",
                "Free some space or give yourself write access, then choose again.",
            ) from error

    def with_next_theme(self) -> "Preferences":
        """The same in the next theme."""
        names = [theme.name for theme in THEMES]
        return replace(self, theme=names[(names.index(self.theme) + 1) % len(names)])


def _means_something(name: str, value: object) -> bool:
    if name == "theme":
        return value in [theme.name for theme in THEMES]
    return name in {field.name for field in fields(Preferences)} and isinstance(value, bool)


def _lost(what: str) -> str:
    return f"{what}, so the screen is as it is at first. Choose again in Settings (F12)."


def _cause(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else "it is damaged"
