"""`microtune collect`: one pass over all sources."""

import click

from microtune.errors import MicrotuneError, Several
from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring


@click.command(epilog=example("microtune collect --json"))
@common
def collect(wiring: Wiring, output: Output) -> None:
    """Read what is new in all sources and keep what you wrote yourself."""
    from microtune import collecting
    from microtune.curation.curator import Curator
    from microtune_collectors.registry import open_collector

    with wiring.store() as store:
        if not store.sources.all():
            raise MicrotuneError("there are no sources", "Run `microtune sources add PATH` first.")
        with output.progress("Reading") as bar:
            done = collecting.collect(
                store,
                open_collector,
                Curator(),
                lambda place, count: bar.update(0, 0, f"{count} texts  {place[-50:]}"),
            )
    data = {
        "new": done.new,
        "updated": done.updated,
        "total": done.total,
        "skipped": dict(done.skipped),
        "seconds": round(done.seconds, 3),
        "failed": [str(error) for error in done.failed],
    }
    left_out = ", ".join(f"{n} {reason}" for reason, n in sorted(done.skipped.items()))
    output.result(
        data,
        f"{done.new} new, {done.updated} updated, {done.total} documents in all "
        f"({done.seconds:.1f} s).",
        *([f"Left out: {left_out}."] if left_out else []),
    )
    if done.failed:
        raise Several(done.failed)
