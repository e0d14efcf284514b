"""What must hold before a source can be read at all, said in words a person can act on."""

import os
from pathlib import Path

from microtune.errors import MicrotuneError
from microtune.words import Source


def require_place(path: Path) -> None:
    """Raises `MicrotuneError` if the root of a source is gone or closed to us."""
    if not os.path.lexists(path):
        raise MicrotuneError(
            f"{path} is gone",
            "Bring it back, or take it off the list with `microtune sources remove`.",
        )
    if not os.access(path, os.R_OK):
        raise MicrotuneError(f"cannot read {path}", "Give yourself read access to it.")


def require_me(source: Source) -> None:
    """Raises `MicrotuneError` if a mail source does not know its owner's addresses."""
    if not source.me:
        raise MicrotuneError(
            f"no address of yours is known for {source.place}",
            "Add it again with --me ADDRESS, so that only what you wrote is read.",
        )
