"""Which files are mailboxes in mbox form, told by name or by their first bytes."""

from pathlib import Path

from microtune_collectors.archive import is_packed


def is_mbox(path: Path) -> bool:
    """True for `.mbox`, packed or not, and for files without extension that start with "From "."""
    name = Path(path.stem) if is_packed(path) else path
    if name.suffix.lower() in (".mbox", ".mbx"):
        return True
    return not path.suffix and starts_as_mbox(path)


def starts_as_mbox(path: Path) -> bool:
    """Whether the first bytes of a file are those of an mbox; False if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(5) == b"From "
    except OSError:
        return False
