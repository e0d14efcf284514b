"""`microtune sources`: which places may be read."""

import click

from microtune.words import Source
from microtune_collectors.registry import KINDS, open_source
from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring


@click.group()
def sources() -> None:
    """Consent to places that microtune may read, and withdraw it."""


@sources.command(epilog=example("microtune sources add ~/Mail/Sent.mbox --me ana@example.org"))
@click.argument("place", metavar="PATH")
@click.option("--kind", type=click.Choice(KINDS), help="Told from the path where not given.")
@click.option("--me", multiple=True, metavar="ADDRESS", help="Your mail address; may be repeated.")
@common
def add(wiring: Wiring, output: Output, place: str, kind: str | None, me: tuple[str, ...]) -> None:
    """Allow microtune to read a folder or a mailbox, and to train on what you wrote there."""
    source = open_source(place, kind, me)
    consent = f"Read {source.place} and train on what its owner wrote there."
    with wiring.store() as store:
        store.sources.add(source, consent)
    lines = [f"Added {source.place} ({source.kind})."]
    if source.me:
        guessed = "" if me else ", guessed from the most frequent sender (--me corrects it)"
        lines.append(f"Your addresses there: {', '.join(source.me)}{guessed}.")
    output.result(_facts(source), *lines, "Next: microtune collect")


@sources.command(name="list", epilog=example("microtune sources list --json"))
@common
def list_(wiring: Wiring, output: Output) -> None:
    """Show the places that microtune may read."""
    with wiring.store() as store:
        known = store.sources.all()
    lines = [f"{s.id}  {s.kind:8} {s.place}  {' '.join(s.me)}".rstrip() for s in known]
    output.result(
        {"sources": [_facts(s) for s in known]},
        *(lines or ["No sources yet. Add one with `microtune sources add PATH`."]),
    )


@sources.command(epilog=example("microtune sources remove ~/Mail/Sent.mbox"))
@click.argument("place", metavar="PATH|ID")
@common
def remove(wiring: Wiring, output: Output, place: str) -> None:
    """Withdraw consent: it is read no more and its texts leave training and retrieval."""
    with wiring.store() as store:
        source = store.sources.remove(place)
    output.result({**_facts(source), "removed": True}, f"Removed {source.place}.")


def _facts(source: Source) -> dict[str, object]:
    return {
        "id": source.id,
        "source": source.place,
        "kind": source.kind,
        "me": list(source.me),
    }
