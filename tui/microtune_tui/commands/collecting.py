"""`microtune collect`: one pass over all sources."""

from typing import TYPE_CHECKING, Any

import click

from microtune.errors import MicrotuneError, Several
from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring

if TYPE_CHECKING:
    from microtune.collecting import Collected


@click.command(epilog=example("microtune collect", "microtune collect --json"))
@common
def collect(wiring: Wiring, output: Output) -> None:
    """Read what is new in your sources; keep what you wrote."""
    from microtune import collecting
    from microtune.curation.curator import Curator
    from microtune_collectors.registry import open_collector

    with wiring.store() as store, output.progress("Reading") as bar:
        if not store.sources.all():
            raise MicrotuneError("there are no sources", "Run `microtune sources add PATH` first.")
        done = collecting.collect(
            store,
            open_collector,
            Curator(),
            lambda place, count: bar.update(0, None, f"{count} texts  {place[-50:]}"),
        )
    output.result(_facts(done), *_lines(done))
    if done.failed:
        raise Several(done.failed)


def _facts(done: "Collected") -> dict[str, Any]:
    return {
        "new": done.new,
        "updated": done.updated,
        "total": done.total,
        "skipped": dict(done.skipped),
        "seconds": round(done.seconds, 3),
        "failed": [str(error) for error in done.failed],
    }


def _lines(done: "Collected") -> list[str]:
    counts = f"{done.new} new, {done.updated} updated, {done.total} documents in all"
    left_out = ", ".join(f"{n} {reason}" for reason, n in sorted(done.skipped.items()))
    return [f"{counts} ({done.seconds:.1f} s).", *([f"Left out: {left_out}."] if left_out else [])]
