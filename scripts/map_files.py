#!/usr/bin/env python3
"""Writes docs/map.md, the map of files, from the first line of each file's docstring."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {
    "microtune/: the words, the store, curation; light enough to stay resident": "microtune",
    "collectors/: one file for each kind of source": "collectors/microtune_collectors",
    "adapters/: training, engines, evaluation, the library": "adapters/microtune_adapters",
    "tui/: everything a person touches": "tui/microtune_tui",
    "scripts/": "scripts",
}
PROGRAMS = """\
- `scripts/setup` — makes the environment that the others work in
- `scripts/run` — the whole way on the bundled writer, offline
- `scripts/tour` — the assistant in tmux from its first run to a saved draft, with pictures
- `scripts/test` — lint, types and tests
"""


def line(path: Path) -> str:
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    first = text.partition("\n\n")[0].replace("\n", " ")
    return f"- `{path.relative_to(ROOT).as_posix()}` — {first}\n"


def section() -> str:
    parts = []
    for title, room in ROOMS.items():
        files = [p for p in sorted((ROOT / room).rglob("*.py")) if p.read_text("utf-8").strip()]
        parts.append(f"## {title}\n\n" + "".join(map(line, files)))
    return "\n".join(parts) + PROGRAMS


def main() -> None:
    head = "# Map of files\n\nWritten by `scripts/map_files.py`.\n"
    (ROOT / "docs" / "map.md").write_text(f"{head}\n{section()}", "utf-8")


if __name__ == "__main__":
    main()
