"""What commands say: people's lines or one JSON object on standard output, the rest on standard
error. Progress bars appear on a terminal only."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class Output:
    """Where a command's words go; `as_json` keeps standard output for one JSON object."""

    as_json: bool = False

    def result(self, data: Mapping[str, Any], *lines: str) -> None:
        """The command's outcome: `data` with --json, else `lines`."""
        if self.as_json:
            click.echo(json.dumps(data, ensure_ascii=False, default=str))
        for line in () if self.as_json else lines:
            click.echo(line)

    def say(self, line: str) -> None:
        """A remark on the way; on standard error, so that pipes stay clean."""
        click.echo(line, err=True)

    @contextmanager
    def progress(self, title: str) -> Iterator["Bar"]:
        """A bar on a terminal, nothing in a pipe."""
        bar = Bar(title, shown=sys.stderr.isatty())
        try:
            yield bar
        finally:
            bar.close()


class Bar:
    """One line that is rewritten: a title, a bar, and a note such as the time left."""

    def __init__(self, title: str, *, shown: bool) -> None:
        self.title, self.shown = title, shown
        self._task: Any = None
        self._progress: Any = None

    def update(self, done: float, total: float, note: str = "") -> None:
        if not self.shown:
            return
        if self._progress is None:
            self._start()
        self._progress.update(self._task, completed=done, total=total, note=note)

    def retitle(self, title: str) -> None:
        """Go on to the next stage."""
        self.title = title
        self.close()
        if self.shown:
            self._start()

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(30),
            TextColumn("{task.fields[note]}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._progress.start()
        self._task = self._progress.add_task(self.title, total=None, note="")

    def close(self) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None


def minutes(seconds: float) -> str:
    """ "0:42" or "3:05"."""
    whole = int(seconds + 0.5)
    return f"{whole // 60}:{whole % 60:02d}"


def bits_line(bits: Mapping[str, float]) -> str:
    """The four figures in words."""
    names = {
        "base": "base",
        "base_rag": "base + retrieval",
        "adapter": "adapter",
        "adapter_rag": "adapter + retrieval",
    }
    return ", ".join(f"{names[k]} {bits[k]:.3f}" for k in names if k in bits)
