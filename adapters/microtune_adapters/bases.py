"""Which base a name means: "pocket", which the package carries, or a GGUF file of one's own.

Knows where bases lie; `gguf_inspect` knows whether they are usable.
"""

from importlib import resources
from pathlib import Path

from microtune.errors import MicrotuneError
from microtune_adapters.gguf_inspect import BaseFile, Report, inspect_base

POCKET = "pocket"
PACKAGE = "microtune_adapters.pocket"
AGAIN = "Install microtune again."


def pocket_path() -> Path:
    """Where pocket's GGUF lies in the installed package."""
    return Path(str(resources.files(PACKAGE) / "pocket.gguf"))


def pocket_sha256() -> str:
    """The hash of the pocket that was shipped. Raises `MicrotuneError` where there is none."""
    try:
        return pocket_path().with_suffix(".sha256").read_text(encoding="ascii").split()[0]
    except (OSError, ValueError, IndexError) as error:
        raise MicrotuneError("this installation carries no pocket base", AGAIN) from error


def resolve(base: str | Path, report: Report | None = None) -> BaseFile:
    """The verified base that `base` names; `report(done, total)` follows the hashing.

    Raises `MicrotuneError` for another name, a file that is not usable, or a pocket whose bytes
    are not those that were shipped.
    """
    if str(base) == POCKET:
        return _pocket(report)
    path = Path(base).expanduser()
    if path.suffix.lower() != ".gguf" and not path.is_file():
        raise MicrotuneError(
            f"no base is called {base}",
            f"Use {POCKET} or the path of a .gguf file, or a name from `microtune bases list`.",
        )
    return inspect_base(path, report)


def _pocket(report: Report | None) -> BaseFile:
    path, expected = pocket_path(), pocket_sha256()
    found = inspect_base(path, report)
    if found.sha256 != expected:
        raise MicrotuneError(f"{path} is not the pocket that was shipped", AGAIN)
    return found
