"""`microtune collect`: one pass over all sources."""

from typing import TYPE_CHECKING, Any

import click

from microtune.errors import MicrotuneError, Several
from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from microtune.collecting import Collected
    from microtune.contracts import Change


@click.command(epilog=example("microtune collect", "microtune collect --json"))
@common
def collect(wiring: Wiring, output: Output) -> None:
    """Read what is new in your sources; keep what you wrote."""
    one_pass(wiring, output)


def one_pass(
    wiring: Wiring,
    output: Output,
    only: "Sequence[Change] | None" = None,
    gives_way: bool = False,
) -> None:
    """Collect, from these places `only` where they are given, and say what came of it.

    `gives_way`: to another pass, see `microtune.only_pass`.
    """
    from microtune import collecting
    from microtune.curation.curator import Curator
    from microtune.only_pass import only_pass

    def waits() -> None:
        output.notice("the sources are being read already; this pass begins after that one.")

    with (
        wiring.store() as store,
        only_pass(wiring.home, waits, gives_way),
        output.progress("Reading") as bar,
    ):
        if not store.sources.all():
            raise MicrotuneError("there are no sources", "Run `microtune sources add PATH` first.")
        if not store.sources.to_read():
            raise MicrotuneError(
                "all sources are paused", "Run `microtune sources resume PATH` for one of them."
            )
        done = collecting.collect(
            store,
            wiring.open_collector,
            Curator(),
            lambda place, count: bar.update(0, None, f"{count} texts  {place[-50:]}"),
            only=only,
        )
    output.result(_facts(done), *_lines(done))
    if done.failed:
        raise Several(done.failed)


def _facts(done: "Collected") -> dict[str, Any]:
    return {
        "new": done.new,
        "updated": done.updated,
        "total": done.total,
        "retired": done.retired,
        "received": done.received,
        "skipped": dict(done.skipped),
        "seconds": round(done.seconds, 3),
        "failed": [str(error) for error in done.failed],
    }


def _lines(done: "Collected") -> list[str]:
    counts = f"{done.new} new, {done.updated} updated, {done.total} documents in all"
    left_out = ", ".join(f"{n} {reason}" for reason, n in sorted(done.skipped.items()))
    lines = [f"{counts} ({done.seconds:.1f} s)."]
    if done.received:
        lines.append(f"{done.received} new in your inboxes: see `microtune today`.")
    if done.retired:
        lines.append(f"{done.retired} left training: they are excluded now.")
    return [*lines, *([f"Left out: {left_out}."] if left_out else [])]
