"""`microtune sources discover`: what on this machine could be a source, and how to add it."""

from pathlib import Path

import click

from microtune_collectors.discovery import discover as discover_places
from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring


@click.command(epilog=example("microtune sources discover"))
@common
def discover(wiring: Wiring, output: Output) -> None:
    """Look for mail and notes on this machine, by names only.

    Says how to add each. No message is opened and nothing is added.
    """
    with wiring.store() as store:
        added = {source.place for source in store.sources.all()}
    found = [
        {
            "program": place.program,
            "source": str(place.path),
            "command": place.command(),
            "added": str(place.path) in added,
        }
        for place in discover_places(Path.home())
    ]
    lines: list[str] = []
    for one in found:
        note = " (added already)" if one["added"] else ""
        lines += [f"{one['program']}{note}:", f"    {one['command']}"]
    nothing = "Nothing found where mail programs and notes usually lie. See docs/collect.md."
    output.result({"found": found}, *(lines or [nothing]))
