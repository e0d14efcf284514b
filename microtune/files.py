"""Writing a small file so that a reader, or a crash, meets the old one or the new one, whole."""

import os
import tempfile
from pathlib import Path


def replace_file(path: Path, text: str) -> None:
    """Put `text` at `path`, readable by its owner only, and on disk on return. Raises `OSError`."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    sync(path.parent)


def sync_folder(folder: Path) -> None:
    """Put what is in a folder, and its entries, on disk."""
    for path in (p for p in folder.iterdir() if p.is_file()):
        sync(path)
    sync(folder)


def sync(path: Path) -> None:
    """Put a file on disk, or a folder's entries: a rename is there only when its folder is
    (POSIX; Windows has no such call)."""
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
