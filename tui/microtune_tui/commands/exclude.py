"""`microtune sources exclude`: what no source may be read for."""

import click

from microtune import exclusions
from microtune.errors import MicrotuneError
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
    after = _without(before, patterns) if remove else _with(before, patterns)
    lines = list(after) or [
        "Nothing is excluded. Exclude with `microtune sources exclude PATTERN`."
    ]
    if after != before:
        exclusions.write(wiring.home, after)
        with wiring.store() as store:
            store.ledger.append("exclusions changed", {"patterns": len(after)})
        lines.append("Next: microtune collect (what is excluded leaves training with it)")
    output.result({"exclusions": list(after), "changed": after != before}, *lines)


def _with(before: tuple[str, ...], patterns: tuple[str, ...]) -> tuple[str, ...]:
    from microtune_collectors.ignore import is_pattern

    wrong = [pattern for pattern in patterns if not is_pattern(pattern)]
    if wrong:
        raise MicrotuneError(
            f"{wrong[0]!r} is no pattern", "Write it as in a .gitignore, such as 'private/'."
        )
    return tuple(dict.fromkeys([*before, *patterns]))


def _without(before: tuple[str, ...], patterns: tuple[str, ...]) -> tuple[str, ...]:
    missing = [pattern for pattern in patterns if pattern not in before]
    if missing:
        raise MicrotuneError(
            f"{missing[0]!r} is none of the exclusions", "See: microtune sources exclude"
        )
    return tuple(pattern for pattern in before if pattern not in patterns)
