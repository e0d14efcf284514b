"""The bases that can be named: pocket, which comes with the package, or the path of a GGUF."""

from importlib.resources import as_file, files
from pathlib import Path

from microtune.errors import MicrotuneError
from microtune_adapters.gguf_inspect import BaseFile, inspect_base

POCKET = "pocket"


def pocket_path() -> Path:
    """Where pocket lies: a plain file, since llama.cpp maps it into memory."""
    with as_file(files("microtune_adapters.pocket") / "pocket.gguf") as path:
        return path


def resolve(name: str) -> BaseFile:
    """The base called `name`, or in the file `name`, verified.

    Raises `MicrotuneError` for what is neither, for a damaged file, and where pocket is not the
    file that it was shipped as.
    """
    if name == POCKET:
        return _pocket()
    path = Path(name).expanduser()
    if not path.is_file():
        raise MicrotuneError(
            f"there is no base {name}", "Use pocket, or give the path of a .gguf file."
        )
    return inspect_base(path)


def _pocket() -> BaseFile:
    path = pocket_path()
    base = inspect_base(path)
    expected = path.with_suffix(".sha256").read_text().strip()
    if base.sha256 != expected:
        raise MicrotuneError(
            f"{path} is not the file that was shipped (its hash differs)", "Reinstall microtune."
        )
    return base
