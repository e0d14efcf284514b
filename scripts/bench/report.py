"""Prints a benchmark's result, and writes it into its own section of a Markdown page.

A section lies between `<!-- NAME:begin -->` and `<!-- NAME:end -->`; what stands around it is
written by people and left alone. Knows nothing of what was measured.
"""

import argparse
import json
import os
import platform
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

LIBRARIES = ("torch", "transformers", "peft", "llama-cpp-python")


def add_docs_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--docs", type=Path, metavar="PAGE.md", help="also write the table into its section there"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; the first column is text, the others are set to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def publish(name: str, result: Mapping[str, Any], markdown: str, docs: Path | None) -> None:
    """Print one JSON object on one line, then the Markdown; and write the latter into `docs`."""
    origin = {
        "benchmark": name,
        "date": datetime.now(UTC).date().isoformat(),
        "command": command_line(sys.argv),
        "machine": machine(),
    }
    print(json.dumps({**origin, **result}))
    print(markdown)
    if docs:
        docs.write_text(with_section(docs.read_text("utf-8"), name, section(origin, markdown)))


def section(origin: Mapping[str, Any], markdown: str) -> str:
    """The Markdown with when, where and by which command it came about."""
    about = origin["machine"]
    libraries = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    return (
        f"{markdown}\n\nMeasured on {origin['date']}: {about['cpu']}, {about['cores']} cores, "
        f"{about['memory_gb']} GB; load {about['load']} at the end; {libraries}.\n\n"
        f"    {origin['command']}"
    )


def with_section(page: str, name: str, content: str) -> str:
    """The page with `content` between the markers of `name`. Leaves with a line if it has none."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        sys.exit(f"the page has no section {begin} … {end}. Add both lines where it should stand.")
    return f"{before}{begin}\n\n{content}\n\n{end}{after}"


def command_line(arguments: Sequence[str]) -> str:
    """The command as it can be shown: whole paths cut to their last part, since they tell more
    of a person's machine than a reader needs."""
    script, *rest = arguments
    shown = [Path(a).name if a.startswith(("/", "~")) else a for a in rest]
    return shlex.join(["python", f"scripts/bench/{Path(script).name}", *shown])


def machine() -> dict[str, Any]:
    """What a reader has to know of this machine; nothing that names it."""
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "system": f"{platform.system()} {platform.machine()}",
        "load": " ".join(f"{load:.2f}" for load in psutil.getloadavg()[:2]),
        "versions": {"Python": platform.python_version(), **dict(_versions())},
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


def _versions() -> Iterable[tuple[str, str]]:
    for name in LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue
