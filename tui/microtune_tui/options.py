"""What every command takes: --home and --json, before or after the command's name.

It knows nothing of what a command does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import click

from microtune.locations import Home
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring


@dataclass(slots=True)
class Given:
    """What the arguments say for every command. Of two --home the later one counts."""

    home: str | None = None
    as_json: bool = False


def _keep(context: click.Context, parameter: click.Parameter, value: object) -> None:
    if value and parameter.name:
        setattr(context.ensure_object(Given), parameter.name, value)


home = click.option(
    "--home",
    metavar="DIR",
    expose_value=False,
    callback=_keep,
    help="Where microtune keeps its things.",
)
_json = click.option(
    "--json",
    "as_json",
    is_flag=True,
    expose_value=False,
    callback=_keep,
    help="Print one JSON object and nothing else.",
)


def common(function: Callable[..., None]) -> Callable[..., None]:
    """Add --home and --json; the command receives `wiring` and `output` for them."""

    @_json
    @home
    @click.pass_context
    @wraps(function)
    def wrapped(context: click.Context, /, **given: Any) -> None:
        chosen = context.ensure_object(Given)
        output = Output(chosen.as_json)
        function(Wiring(Home.find(chosen.home), output.notice), output, **given)

    return wrapped


def example(*lines: str) -> str:
    """The example at the end of a help text."""
    return "\n".join(["\b", "Example:", *(f"  {line}" for line in lines)])
