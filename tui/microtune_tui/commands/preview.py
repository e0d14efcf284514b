"""`microtune sources preview`: what would be taken of a place, before anything of it is kept."""

from typing import TYPE_CHECKING, Any

import click

from microtune_collectors.registry import KINDS, open_source
from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring

if TYPE_CHECKING:
    from microtune.preview import Preview, Sample
    from microtune.words import Source

kind_option = click.option(
    "--kind",
    type=click.Choice(KINDS),
    metavar="KIND",
    help=f"Told from the path where not given: {', '.join(KINDS[:-1])} or {KINDS[-1]}.",
)


@click.command(epilog=example("microtune sources preview ~/Mail/Sent.mbox"))
@click.argument("place", metavar="PATH")
@kind_option
@click.option("--me", multiple=True, metavar="ADDRESS", help="As for `sources add`.")
@click.option("--context", is_flag=True, help="As for `sources add`.")
@common
def preview(
    wiring: Wiring,
    output: Output,
    place: str,
    kind: str | None,
    me: tuple[str, ...],
    context: bool,
) -> None:
    """Show what would be taken of a place, and what left out.

    With ten samples. Nothing is stored, and the place is not added to your sources.
    """
    from microtune import preview as previewing
    from microtune.curation.curator import Curator

    source = open_source(place, kind, me, context)
    seen = previewing.preview(wiring.open_collector(source), Curator())
    output.result(_facts(source, seen), *_lines(source, seen))


def _facts(source: "Source", seen: "Preview") -> dict[str, Any]:
    return {
        "source": source.place,
        "kind": source.kind,
        "me": list(source.me),
        "context": source.context,
        "taken": seen.taken,
        "words": seen.words,
        "dropped": dict(seen.dropped),
        "items": seen.items,
        "stopped": seen.stopped,
        "samples": [
            {
                "taken": not sample.reason,
                "reason": sample.reason,
                "place": sample.place,
                "written": sample.written.isoformat() if sample.written else None,
                "text": sample.text,
            }
            for sample in seen.samples
        ],
    }


def _lines(source: "Source", seen: "Preview") -> list[str]:
    by = "received by" if source.context else "written by"
    me = f", {by} {', '.join(source.me)}" if source.me else ""
    lines = [f"{source.place} ({source.kind}{me}):"]
    if seen.stopped:
        lines.append(f"There is more; this is what the first {seen.items} items hold.")
    what = "messages, to be answered," if source.context else "texts"
    lines.append(f"{seen.taken} {what} with {seen.words} words would be taken.")
    if seen.dropped:
        counts = ", ".join(f"{n} {reason}" for reason, n in seen.dropped.items())
        lines.append(f"Left out: {counts}.")
    lines += [line for sample in seen.samples for line in _sample(sample)]
    add = "microtune sources add PATH" + " --context" * source.context
    return [*lines, "", f"Nothing was stored. To consent: {add}"]


def _sample(sample: "Sample") -> list[str]:
    date = f", {sample.written:%Y-%m-%d}" if sample.written else ""
    verdict = f"left out ({sample.reason})" if sample.reason else "taken"
    beginning = " ".join(sample.text.split())
    return ["", f"{verdict}: {sample.place}{date}", *([f"    {beginning}"] if beginning else [])]
