"""What the owner of a source excluded: its `.microtuneignore` files, and patterns for all sources.

The syntax is that of gitignore(5), and so are nesting and negation. Patterns for all sources are
matched against the whole path and win over every `.microtuneignore`. Knows nothing of collectors.
"""

import logging
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".microtuneignore"
LARGEST = 1 << 20  # bytes of an ignore file
_EVERYTHING = ("*",)
ANY_FOLDER = re.compile(r"!?/?(\*\*/)+")
FOLDER_END = "ps_d"  # pathspec's name for the slash after a path that matches

_log = logging.getLogger(__name__)


class Rules:
    """What is excluded below `root`. Holds for one pass: it reads each ignore file once."""

    def __init__(self, root: Path, exclusions: Sequence[str] = ()) -> None:
        self._root = root
        self._everywhere = _spec(_absolute(exclusions))
        self._specs: dict[Path, GitIgnoreSpec | None] = {}
        self._folders: dict[str, tuple[str | None, bool]] = {}

    @property
    def exclude_root(self) -> bool:
        """Whether the patterns for all sources exclude the root or a folder that it lies in."""
        above = [*reversed(self._root.parents), self._root]
        return any(self._excluded_everywhere(p, is_folder=p.is_dir()) for p in above)

    def exclude(self, path: Path, *, is_folder: bool) -> bool:
        """Whether a path below the root is excluded, given that the folders above it are not.

        Of the ignore files on the way the nearest one that says anything about the path decides.
        """
        if self._excluded_everywhere(path, is_folder=is_folder):
            return True
        for folder in path.parents:
            spec = self._spec_of(folder)
            said = _verdict(spec, path.relative_to(folder), is_folder) if spec else None
            if said is not None or folder == self._root:
                return bool(said)
        return False

    def excluded_part(self, place: str) -> str | None:
        """The place itself or the highest folder above it that is excluded; None if none is."""
        folder, _, name = place.rpartition("/")
        if folder not in self._folders:
            self._folders[folder] = self._judged(folder)
        excluded, is_ruled = self._folders[folder]
        if excluded is not None or not is_ruled or not name:
            return excluded
        path = self._root / place
        is_folder = path.is_dir() and not path.is_symlink()
        return place if self.exclude(path, is_folder=is_folder) else None

    def _judged(self, place: str) -> tuple[str | None, bool]:
        """The excluded part of a folder, and whether anything is said of what lies in it.

        Kept for each folder: an archive of posts has a million places in one.
        """
        path, parts = self._root, place.split("/") if place else []
        is_ruled = self._everywhere is not None or self._spec_of(path) is not None
        for number, part in enumerate(parts, start=1):
            path = path / part
            if is_ruled and self.exclude(path, is_folder=True):
                return "/".join(parts[:number]), True
            is_ruled = is_ruled or self._spec_of(path) is not None
        return None, is_ruled

    def _excluded_everywhere(self, path: Path, *, is_folder: bool) -> bool:
        if self._everywhere is None:
            return False
        return bool(_verdict(self._everywhere, path.relative_to(path.anchor), is_folder))

    def _spec_of(self, folder: Path) -> "GitIgnoreSpec | None":
        if folder not in self._specs:
            self._specs[folder] = _spec(_lines(folder / IGNORE_FILE))
        return self._specs[folder]


def is_pattern(line: str) -> bool:
    """Whether a line says anything about any path."""
    return "\n" not in line and _spec([line]) is not None and _compiles(line)


def _verdict(spec: "GitIgnoreSpec", relative: Path, is_folder: bool) -> bool | None:
    """What the last pattern says that is one of this path: True for excluded, False for expressly
    not; None where there is none."""
    name = relative.as_posix()
    for pattern in reversed(spec.patterns):
        if pattern.regex is not None and _matches(pattern.regex, name, is_folder):
            return bool(pattern.include)
    return None


def _matches(regex: re.Pattern[str], name: str, is_folder: bool) -> bool:
    """Whether a pattern is one of this path itself.

    pathspec's expressions also match what lies below a folder, which git asks about the folder
    alone, and the folder of `folder/**`, which for git are the things in it alone.
    """
    if FOLDER_END not in regex.groupindex:
        return regex.search(name) is not None
    seen = f"{name}/" if is_folder else name
    return any(match.end() >= len(name) for match in regex.finditer(seen))


def _spec(lines: Iterable[str]) -> "GitIgnoreSpec | None":
    kept = [_spelled(line) for line in lines if line.strip() and not line.startswith("#")]
    if not kept:
        return None
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(kept)
    except ValueError:
        return GitIgnoreSpec.from_lines([line for line in kept if _compiles(line)])


def _spelled(line: str) -> str:
    """`x/**/` are the folders in x, which pathspec takes for x itself: so they are spelled out."""
    bare = line.rstrip(" ")
    return f"{bare}*/" if bare.endswith("/**/") and not ANY_FOLDER.fullmatch(bare) else line


def _compiles(line: str) -> bool:
    """git passes over a line that is no pattern, and so the others still hold."""
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        _log.warning("%r is no pattern", line)
        return False
    return True


def _lines(file: Path) -> Sequence[str]:
    """The lines of an ignore file. One that is there and cannot be read excludes everything."""
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST)
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        _log.warning("cannot read %s (%s): nothing below it is read", file, error.strerror)
        return _EVERYTHING
    return data.decode("utf-8-sig", "replace").splitlines()


def _absolute(patterns: Sequence[str]) -> Iterable[str]:
    """Patterns with the owner's `~/` written out, as paths are matched from the root."""
    for pattern in patterns:
        negation, bare = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
        yield f"{negation}{Path.home().as_posix()}{bare[1:]}" if bare.startswith("~/") else pattern
