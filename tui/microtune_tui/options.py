"""Options that every command takes, and the one decorator that gives them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from microtune.locations import Home
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring


def common(function: Callable[..., None]) -> Callable[..., None]:
    """Add --home and --json; the command receives `wiring` and `output` for them."""

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
    @click.option("--home", metavar="DIR", help="Where microtune keeps its things.")
    @click.pass_context
    @wraps(function)
    def wrapped(context: click.Context, home: str | None, as_json: bool, **given: Any) -> None:
        chosen = home or context.find_root().params.get("home")
        function(Wiring(Home.find(chosen)), Output(as_json), **given)

    return wrapped


def example(*lines: str) -> str:
    """The example at the end of a help text."""
    return "\n".join(["\b", "Example:", *(f"  {line}" for line in lines)])
