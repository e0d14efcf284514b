"""The bundled writer that `microtune demo` learns: Beethoven, in 421 letters. See README.md."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

WRITER = "ludwig@beethoven.example"


@contextmanager
def sample_path() -> Iterator[Path]:
    """The path of the sample's mbox, on disk for as long as the context lasts."""
    with as_file(files(__name__) / "beethoven.mbox") as path:
        yield path
