"""The map of files names every Python file, and the docs name every command."""

import re
import subprocess
import sys

from tests.house.files import ROOMS, ROOT, first_line, is_bare_package

MAP_LINE = re.compile(r"^- `([^`]+)` — (.+)$", re.MULTILINE)
COMMAND_LINE = re.compile(r"^  ([a-z][a-z-]*)(?:\s{2,}|$)", re.MULTILINE)


def mapped() -> list[str]:
    """The paths in docs/map.md."""
    text = (ROOT / "docs" / "map.md").read_text("utf-8")
    return [path for path, _ in MAP_LINE.findall(text)]


def test_each_python_file_has_a_line_in_the_map() -> None:
    folders = [*ROOMS.values(), ROOT / "scripts"]
    files = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    lines = {path.relative_to(ROOT).as_posix(): path for path in files if not is_bare_package(path)}
    missing = [f"- `{name}` — {first_line(lines[name])}" for name in lines.keys() - set(mapped())]
    assert not missing, (
        "missing from docs/map.md, which scripts/map_files.py writes:\n"
        + "\n".join(sorted(missing))
    )


def test_each_line_of_the_map_names_a_file_that_is_there() -> None:
    assert mapped()
    assert [path for path in mapped() if not (ROOT / path).exists()] == []


def test_no_file_stands_in_the_map_twice() -> None:
    assert sorted(mapped()) == sorted(set(mapped()))


def test_each_command_is_documented() -> None:
    program = "import sys; from microtune_tui.cli import main; sys.argv[0] = 'microtune'; main()"
    command = [sys.executable, "-c", program, "--help"]
    path = ":".join(str(folder.parent) for folder in ROOMS.values())
    done = subprocess.run(
        command, capture_output=True, text=True, env={"PYTHONPATH": path}, check=False
    )
    assert done.returncode == 0, done.stderr
    commands = COMMAND_LINE.findall(done.stdout.partition("Commands:")[2])
    assert commands, done.stdout
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    text = "\n".join(page.read_text("utf-8") for page in pages)
    undocumented = [name for name in commands if not re.search(rf"microtune {name}\b", text)]
    assert not undocumented
