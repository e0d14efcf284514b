"""The files below a folder, in order, whatever happens to them meanwhile.

Knows nothing of formats. Never follows a link to a folder, so that loops cannot catch it and
nothing outside the folder is read.
"""

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from microtune.errors import MicrotuneError
from microtune.words import Excluded, Found, Mark, Skip
from microtune_collectors.ignore import Rules

# Folders of tools, and the swap, backup and lock files of editors.
TOOL_FOLDERS = {"node_modules", "__pycache__", "__MACOSX", "venv", "site-packages"}
EDITOR_SUFFIXES = ("~", ".swp", ".swo", ".swx", ".bak", ".tmp", ".part", ".crdownload")
EDITOR_PREFIXES = (".", "~$", "#", ".#")


@dataclass(frozen=True, slots=True)
class File:
    """A file to read: `place` relative to the root, `stamp` changes whenever the file does.

    `is_box`: it is a folder that is read as a whole, such as a Maildir.
    """

    path: Path
    place: str
    stamp: str
    size: int
    modified: float  # seconds since 1970
    is_box: bool = False


def place_of(path: Path, root: Path) -> str:
    """The relative path with "/", safe to store even where the name is no UTF-8."""
    relative = path.relative_to(root).as_posix()
    return os.fsencode(relative).decode("utf-8", "backslashreplace")


def stamp_of(status: os.stat_result) -> str:
    """What changes whenever a file does."""
    return f"{status.st_mtime_ns}:{status.st_size}"


def problem(place: str, error: OSError) -> Skip:
    """The skip for a file or folder that could not be read."""
    reason = "vanished" if isinstance(error, FileNotFoundError) else "unreadable"
    return Skip(place, reason, error.strerror or type(error).__name__)


def is_reached(place: str) -> bool:
    """Whether a walk comes to this place, by the names on the way to it."""
    *folders, name = place.split("/")
    passed_over = any(part in TOOL_FOLDERS or is_passed_over(part) for part in folders)
    return not passed_over and not is_passed_over(name)


def files(
    root: Path, is_box: Callable[[Path], bool] = lambda folder: False, rules: Rules | None = None
) -> Iterator[File | Skip]:
    """Yield every visible file below `root`, and a skip for what cannot be looked at.

    Folders for which `is_box` holds are yielded whole; a `root` that is a file yields itself.
    What `rules` exclude is a skip and never opened. Raises `MicrotuneError` if `root` is gone or
    cannot be read.
    """
    try:
        status = root.stat()
        start = [] if stat.S_ISREG(status.st_mode) else _entries(root)
    except OSError as error:
        raise MicrotuneError(
            f"cannot read {root} ({error.strerror})",
            "Bring it back, or take it off the list with `microtune sources remove`.",
        ) from error
    if stat.S_ISREG(status.st_mode):
        yield _file(root, place_of(root, root.parent), status)
    yield from _walk(root, start, is_box, rules)


def files_at(
    root: Path,
    place: str,
    is_box: Callable[[Path], bool] = lambda folder: False,
    rules: Rules | None = None,
) -> Iterator[File | Skip]:
    """What `files` yields at `place` and below it; nothing where nothing is left.

    A place inside of a box is the whole box. Raises `MicrotuneError` as `files` does.
    """
    if not place or root.is_file():
        yield from files(root, is_box, rules)
        return
    path = root
    for part in place.split("/"):
        path = path / part
        if is_passed_over(part) or part in TOOL_FOLDERS or not os.path.lexists(path):
            return
        if path.is_symlink() and path.is_dir():
            return
        if is_box(path):
            break
    yield from _walk(root, [path], is_box, rules)


def _walk(
    root: Path, start: list[Path], is_box: Callable[[Path], bool], rules: Rules | None
) -> Iterator[File | Skip]:
    pending = start
    while pending:
        path = pending.pop()
        place = place_of(path, root)
        try:
            found = _look(path, place, root, is_box, rules)
        except OSError as error:
            found = problem(place, error)
        if isinstance(found, list):
            pending += found
        elif found:
            yield found


def read_new(
    file: File, marks: Mapping[str, str], read: Callable[[File], Found | Skip]
) -> Iterator[Found | Skip | Mark]:
    """Read a file unless its mark says that it has not changed; then mark it."""
    if marks.get(file.place) == file.stamp:
        return
    try:
        item = read(file)
    except OSError as error:
        yield problem(file.place, error)
        return
    yield item
    yield Mark(file.place, file.stamp)


def _look(
    path: Path, place: str, root: Path, is_box: Callable[[Path], bool], rules: Rules | None
) -> File | Skip | list[Path] | None:
    """What a path is: a file, what is in a folder, a skip, or nothing of interest."""
    status = path.lstat()
    if rules and rules.exclude(path, is_folder=stat.S_ISDIR(status.st_mode)):
        return Excluded(place)
    if stat.S_ISLNK(status.st_mode):
        if not _is_inside(path, root):
            return Skip(place, "link out of the folder")
        target = path.stat()
        return _file(path, place, target) if stat.S_ISREG(target.st_mode) else None
    if stat.S_ISREG(status.st_mode):
        return _file(path, place, status)
    if not stat.S_ISDIR(status.st_mode) or path.name in TOOL_FOLDERS:
        return None
    return _file(path, place, status, is_box=True) if is_box(path) else _entries(path)


def _entries(folder: Path) -> list[Path]:
    """What is in a folder, last name first: the walk takes from the end."""
    with os.scandir(folder) as entries:
        visible = [entry.name for entry in entries if not is_passed_over(entry.name)]
    return [folder / name for name in sorted(visible, reverse=True)]


def is_passed_over(name: str) -> bool:
    """Whether files and folders of this name are hidden, or belong to editors while they write."""
    return name.startswith(EDITOR_PREFIXES) or name.lower().endswith(EDITOR_SUFFIXES)


def _is_inside(path: Path, root: Path) -> bool:
    """Whether a link leads to a place below `root`; a link that leads nowhere does no harm."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):  # leads nowhere, or round in a circle
        return True
    return target.is_relative_to(root.resolve())


def _file(path: Path, place: str, status: os.stat_result, is_box: bool = False) -> File:
    return File(path, place, stamp_of(status), status.st_size, status.st_mtime, is_box)
