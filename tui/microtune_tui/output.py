"""What commands say: people's lines or one JSON object on standard output, the rest on standard
error. It knows nothing of what is said."""

import json
import math
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click

from microtune_tui.progress import Bar


@dataclass(frozen=True, slots=True)
class Output:
    """Where a command's words go; `as_json` keeps standard output for one JSON object."""

    as_json: bool = False

    def result(self, data: Mapping[str, Any], *lines: str) -> None:
        """The command's outcome: `data` with --json, else `lines`."""
        if self.as_json:
            # ASCII only: readable by every program in every locale
            click.echo(json.dumps(_standard(data), allow_nan=False, default=str))
        else:
            self.tell(*lines)

    def tell(self, *lines: str) -> None:
        """Lines for people, on the way to the result; none with --json."""
        for line in () if self.as_json else lines:
            click.echo(line)

    def stream(self, piece: str) -> None:
        """A piece of a text for people, without a line end; nothing with --json."""
        if not self.as_json:
            click.echo(piece, nl=False)

    def notice(self, line: str) -> None:
        """Something that the person should know beside the outcome, on standard error."""
        click.echo(f"microtune: {line}", err=True)

    @contextmanager
    def progress(self, title: str) -> Iterator[Bar]:
        """A bar on a terminal, nothing in a pipe."""
        bar = Bar(title, shown=sys.stderr.isatty())
        try:
            yield bar
        finally:
            bar.close()


def _standard(value: Any) -> Any:
    """`value` with null for what JSON cannot say (RFC 8259 has no NaN and no infinity)."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): _standard(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_standard(inner) for inner in value]
    return value


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
