"""Imports run one way: tui → adapters, collectors → microtune; what stays resident stays light."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.files import ROOMS, imports

MAY_IMPORT = {
    "microtune": set(),
    "microtune_collectors": {"microtune"},
    "microtune_adapters": {"microtune"},
    "microtune_tui": {"microtune", "microtune_collectors", "microtune_adapters"},
}
HEAVY = {"torch", "llama_cpp", "textual", "transformers", "peft", "mlx", "mlx_lm"}
LAZY_AT_THE_COMMAND_LINE = {"torch", "llama_cpp", "textual"}
SLOW_TO_START = {"numpy", "gguf", "sqlite_utils", "dateutil"}


def module_name(room: str, path: Path) -> str:
    parts = path.relative_to(ROOMS[room]).with_suffix("").parts
    return ".".join((room, *parts)).removesuffix(".__init__")


def modules(room: str) -> list[tuple[str, Path]]:
    return [(module_name(room, path), path) for path in sorted(ROOMS[room].rglob("*.py"))]


def imported_tops(room: str) -> list[tuple[str, str]]:
    """Each file of a room with the top-level name of each thing it imports."""
    found = []
    for name, path in modules(room):
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        found += [(name, imported.partition(".")[0]) for imported in imports(path, package)]
    return found


def loaded_by(*names: str) -> set[str]:
    """What a fresh Python has loaded, by top-level name, after importing these modules."""
    program = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\n"
    program += "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    command = [sys.executable, "-W", "error", "-c", program, *names]
    path = ":".join(str(folder.parent) for folder in ROOMS.values())
    done = subprocess.run(
        command, capture_output=True, text=True, env={"PYTHONPATH": path}, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    others = set(ROOMS) - MAY_IMPORT[room] - {room}
    wrong = [f"{name} imports {top}" for name, top in imported_tops(room) if top in others]
    assert imported_tops(room)
    assert not wrong


def test_microtune_imports_nothing_heavy_anywhere() -> None:
    wrong = [f"{name} imports {top}" for name, top in imported_tops("microtune") if top in HEAVY]
    assert not wrong


def test_loading_all_of_microtune_loads_nothing_heavy() -> None:
    loaded = loaded_by(*(name for name, _ in modules("microtune")))
    assert "microtune" in loaded
    assert not loaded & HEAVY


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    names = [name for name, _ in modules("microtune_tui") if ".commands" in name]
    loaded = loaded_by("microtune_tui.cli", *names)
    assert "microtune_tui" in loaded
    assert not loaded & LAZY_AT_THE_COMMAND_LINE


def test_what_every_command_loads_is_quick_to_load() -> None:
    loaded = loaded_by("microtune_tui.cli", "microtune_tui.wiring")
    assert not loaded & (LAZY_AT_THE_COMMAND_LINE | SLOW_TO_START)
