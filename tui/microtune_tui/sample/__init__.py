"""The bundled writer that `microtune demo` learns: Beethoven, in 421 letters. See README.md."""

from importlib.resources import files
from pathlib import Path

WRITER = "ludwig@beethoven.example"


def sample_path() -> Path:
    """The sample's mbox as it was installed."""
    return Path(str(files(__name__) / "beethoven.mbox"))
