"""What the tests of the house look at: the repository's files and what they import."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {
    "microtune": ROOT / "microtune",
    "microtune_collectors": ROOT / "collectors" / "microtune_collectors",
    "microtune_adapters": ROOT / "adapters" / "microtune_adapters",
    "microtune_tui": ROOT / "tui" / "microtune_tui",
}


def kept_files() -> list[Path]:
    """Every file that is committed or could be: what git knows or does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    paths = (ROOT / name for name in listed.split("\0") if name)
    return sorted({path for path in paths if path.is_file()})


def imports(path: Path, package: str) -> Iterator[str]:
    """The full names of all modules that a file imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: 1 - node.level or None] if node.level else []
            yield ".".join([*base, *([node.module] if node.module else [])])


def is_bare_package(path: Path) -> bool:
    """Whether the file is an `__init__.py` that holds nothing but a docstring."""
    body = ast.parse(path.read_text("utf-8")).body
    only_docstring = all(isinstance(node, ast.Expr) for node in body)
    return path.name == "__init__.py" and only_docstring


def first_line(path: Path) -> str:
    """The first line of a module's docstring, "" where there is none."""
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]
