"""`microtune sources exclude`: what no source may be read for."""

import click

from microtune import exclusions
from microtune.errors import MicrotuneError
from microtune_tui.excluding import keep, with_patterns
from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring


@click.command(epilog=example("microtune sources exclude 'private/' '*.key.txt'"))
@click.argument("patterns", metavar="[PATTERN]...", nargs=-1)
@click.option("--remove", is_flag=True, help="Take the patterns off the list again.")
@common
def exclude(wiring: Wiring, output: Output, patterns: tuple[str, ...], remove: bool) -> None:
    """Exclude paths in every source, or list the patterns that do.

    A PATTERN is a line of .gitignore syntax; one that begins with / or ~/ names a path of this
    machine. It wins over everything. For one folder put a .microtuneignore file into it.
    """
    before = exclusions.read(wiring.home)
    after = _without(before, patterns) if remove else with_patterns(before, patterns)
    lines = list(after) or [
        "Nothing is excluded. Exclude with `microtune sources exclude PATTERN`."
    ]
    if after != before:
        with wiring.store() as store:
            keep(store, after)
        lines.append("Next: microtune collect (what is excluded leaves training with it)")
    output.result({"exclusions": list(after), "changed": after != before}, *lines)


def _without(before: tuple[str, ...], patterns: tuple[str, ...]) -> tuple[str, ...]:
    missing = [pattern for pattern in patterns if pattern not in before]
    if missing:
        raise MicrotuneError(
            f"{missing[0]!r} is none of the exclusions", "See: microtune sources exclude"
        )
    return tuple(pattern for pattern in before if pattern not in patterns)
