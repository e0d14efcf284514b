"""One at a time: a lock on a file that ends with the process that holds it, however it ends.

It knows nothing of what is done meanwhile.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from microtune.errors import MicrotuneError


@contextmanager
def alone(path: Path, doing: str) -> Iterator[None]:
    """Hold the lock at `path`, whose folder exists. `doing` says what for: "training".

    Raises `MicrotuneError` at once if another process, or another holder here, has it.
    """
    try:
        file = path.open("w")
    except OSError as error:
        raise MicrotuneError(
            f"cannot open {path} for writing ({error.strerror})",
            "Give yourself write access to it, or choose another --home DIR.",
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise MicrotuneError(
                f"another microtune is {doing} in {path.parent}",
                "Wait until it has finished, or stop it, then try again.",
            ) from error
        yield
