"""Which files are mailboxes in mbox form, told by name or by their first bytes."""

from contextlib import closing
from pathlib import Path

from microtune_collectors.archive import Blocks, is_packed


def is_mbox(path: Path) -> bool:
    """True for `.mbox`, and for files without extension that start with "From ", packed or not."""
    name = Path(path.stem) if is_packed(path) else path
    if name.suffix.lower() in (".mbox", ".mbx"):
        return True
    return not name.suffix and starts_as_mbox(path)


def starts_as_mbox(path: Path) -> bool:
    """Whether the first bytes of a file, unpacked, are those of an mbox."""
    with closing(iter(Blocks(path, 0, 5))) as blocks:
        return next(blocks, b"") == b"From "
