"""`microtune ledger`: the record of what was done, and whether it is whole."""

import json
from dataclasses import asdict
from typing import Any

import click

from microtune.errors import MicrotuneError
from microtune.ledger import Line
from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring


@click.group(
    invoke_without_command=True, epilog=example("microtune ledger", "microtune ledger verify")
)
@common
@click.pass_context
def ledger(context: click.Context, wiring: Wiring, output: Output) -> None:
    """Show the record of what was done with your texts.

    It holds a line for each source, collection, run and change of adapters, and none of your
    texts.
    """
    if context.invoked_subcommand is not None:
        return
    with wiring.store() as store:
        lines = list(store.ledger.lines())
    output.result(
        {"lines": [{**asdict(line), "data": _facts(line)} for line in lines]},
        *(f"{line.seq:5}  {line.at[:19]}  {line.event}: {_words(_facts(line))}" for line in lines),
    )


@ledger.command(epilog=example("microtune ledger verify"))
@common
def verify(wiring: Wiring, output: Output) -> None:
    """Check that no line was changed, moved or taken away."""
    with wiring.store() as store:
        problems, count = store.ledger.verify(), sum(1 for _ in store.ledger.lines())
    verdict = [] if problems else [f"{count} lines, all whole."]
    output.result({"whole": not problems, "lines": count, "problems": problems}, *verdict)
    if problems:
        more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
        raise MicrotuneError(
            f"the ledger was tampered with: {'; '.join(problems[:3])}{more}",
            "Do not rely on it before that point; restore the home from a backup.",
        )


def _facts(line: Line) -> Any:
    """The line's data; its raw text where somebody made it unreadable."""
    try:
        return json.loads(line.data)
    except ValueError:
        return line.data


def _words(facts: Any) -> str:
    if not isinstance(facts, dict):
        return str(facts)
    return ", ".join(
        f"{key} {json.dumps(value) if isinstance(value, dict | list) else value}"
        for key, value in facts.items()
    )
