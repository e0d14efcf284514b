"""The bases that were downloaded into a home: each a GGUF file and a small card beside it.

A file has its name only once it was verified; until then it is a partial one. Knows no network.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from microtune.errors import MicrotuneError
from microtune.files import replace_file, sync
from microtune_adapters.catalogue import Entry

PARTIAL = ".part"

Verified = Literal["catalogue", "hub"]


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A base in the folder. `verified`: whose hash it was compared with."""

    name: str
    repository: str
    file: str
    revision: str
    sha256: str
    bytes: int
    verified: Verified


class Shelf:
    """The folder `bases` of a home. Creates nothing until a download begins."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.gguf"

    def partial(self, name: str, sha256: str) -> Path:
        """Where the bytes of an unfinished download lie: one file for each content, so that a
        newer file of the same name is never begun with the bytes of an older one."""
        return self.folder / f".{name}-{sha256[:16]}{PARTIAL}"

    def begun(self, name: str) -> int:
        """How many bytes of an unfinished download are here."""
        return sum(path.stat().st_size for path in self._partials(name))

    def get(self, name: str) -> Downloaded | None:
        """What is here under `name`; None where it is not here whole."""
        try:
            card = Downloaded(**json.loads(self._card(name).read_text("utf-8")))
            whole = self.path(name).stat().st_size == card.bytes
        except (OSError, ValueError, TypeError):
            return None
        return card if whole else None

    def all(self) -> list[Downloaded]:
        """Everything that is here, by name."""
        names = sorted(path.stem for path in self.folder.glob("*.gguf"))
        return [card for name in names if (card := self.get(name))]

    def keep(self, card: Downloaded, verified: Path) -> None:
        """Give a verified file its name. Raises `OSError`."""
        verified.chmod(0o600)
        sync(verified)
        replace_file(self._card(card.name), json.dumps(asdict(card), indent=2) + "\n")
        verified.replace(self.path(card.name))
        sync(self.folder)
        for earlier in self._partials(card.name):
            earlier.unlink()

    def remove(self, name: str) -> int:
        """Take a base away, an unfinished download too; how many bytes that freed.

        Raises `MicrotuneError` where there is none, or where it cannot be removed.
        """
        paths = [self.path(name), self._card(name), *self._partials(name)]
        there = [path for path in paths if path.is_file()]
        if not there:
            raise MicrotuneError(
                f"no base called {name} was downloaded", "`microtune bases list` shows which were."
            )
        freed = sum(path.stat().st_size for path in there)
        try:
            for path in there:
                path.unlink()
        except OSError as error:
            raise MicrotuneError(
                f"cannot remove {error.filename} ({error.strerror})",
                "Give yourself write access to it, then try again.",
            ) from error
        return freed

    def _card(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _partials(self, name: str) -> list[Path]:
        found = self.folder.glob(f".{name}-{'[0-9a-f]' * 16}{PARTIAL}")
        return [path for path in found if path.is_file()]


def card(entry: Entry, sha256: str, size: int, revision: str | None) -> Downloaded:
    """The card of a file that was compared with `sha256`."""
    return Downloaded(
        name=entry.name,
        repository=entry.repository,
        file=entry.file,
        revision=revision or entry.revision,
        sha256=sha256,
        bytes=size,
        verified="catalogue" if entry.sha256 else "hub",
    )
