"""`microtune adapters`: the library of adapters."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from microtune_adapters.cards import Card
from microtune_tui import adapter_acts
from microtune_tui.options import common, example, home
from microtune_tui.output import Output, bits_line
from microtune_tui.training_facts import pairs_line
from microtune_tui.wiring import Wiring


@click.group(epilog=example("microtune adapters list", "microtune adapters use 3f2a"))
@home
def adapters() -> None:
    """See, choose, export and remove adapters."""


@adapters.command(name="list", epilog=example("microtune adapters list"))
@common
def list_(wiring: Wiring, output: Output) -> None:
    """Show every adapter with its state."""
    known, settings = wiring.library.list(), wiring.chosen()
    base = settings.base_sha256 if settings else ""
    lines = [
        f"{c.id}  {s:9} {c.created}  {c.documents} documents{_unfit(c, base)}" for c, s in known
    ]
    output.result(
        {"adapters": [_summary(card, state, base) for card, state in known]},
        *(lines or ["No adapters yet. Run `microtune train`."]),
    )


@adapters.command(epilog=example("microtune adapters show 3f2a"))
@click.argument("adapter", metavar="ID")
@common
def show(wiring: Wiring, output: Output, adapter: str) -> None:
    """Show an adapter's data, recipe and measurements."""
    card = wiring.library.find(adapter)
    state = {c.id: s for c, s in wiring.library.list()}[card.id]
    bits = card.measurements.get("bits_per_byte", {})
    output.result(
        {**asdict(card), "state": state},
        f"Adapter {card.id}, {state}, made {card.created} for {card.base_name}.",
        f"Trained on {card.documents} documents ({card.words} words).",
        *([f"Bits per byte on held-out texts: {bits_line(bits)}."] if bits else []),
        *pairs_line(card.measurements.get("pairs")),
        *([f"Verdict: {card.verdict}: {card.reason}."] if card.verdict else []),
    )


@adapters.command(epilog=example("microtune adapters use 3f2a"))
@click.argument("adapter", metavar="ID")
@common
def use(wiring: Wiring, output: Output, adapter: str) -> None:
    """Make an adapter the active one."""
    with wiring.store() as store:
        card = adapter_acts.use(wiring, store, adapter)
    output.result({"adapter": card.id, "state": "active"}, f"{card.id} is active.")


@adapters.command(epilog=example("microtune adapters rollback"))
@common
def rollback(wiring: Wiring, output: Output) -> None:
    """Go back to the adapter that was active before.

    Those that were trained for another base are passed over.
    """
    with wiring.store() as store:
        card = adapter_acts.roll_back(wiring, store)
    what = f"{card.id} is active again." if card else "The bare base serves now."
    output.result({"adapter": card.id if card else ""}, what)


@adapters.command(epilog=example("microtune adapters export 3f2a mine.zip"))
@click.argument("adapter", metavar="ID")
@click.argument("file", type=click.Path(path_type=Path))
@common
def export(wiring: Wiring, output: Output, adapter: str, file: Path) -> None:
    """Write an adapter to a file.

    The file holds its weights and its card, and no training text.
    """
    with wiring.store() as store:
        card = adapter_acts.export(wiring, store, adapter, file)
    output.result({"adapter": card.id, "file": str(file)}, f"Wrote {file}.")


@adapters.command(name="import", epilog=example("microtune adapters import mine.zip"))
@click.argument("file", type=click.Path(path_type=Path))
@common
def import_(wiring: Wiring, output: Output, file: Path) -> None:
    """Take in an exported adapter of the same base.

    It becomes a candidate: measure it, then use it.
    """
    with wiring.store() as store:
        adapter = adapter_acts.import_(wiring, store, file)
    output.result(
        {"adapter": adapter, "state": "candidate"},
        f"Imported {adapter}. Measure it with `microtune evaluate --adapter {adapter}`.",
    )


@adapters.command(epilog=example("microtune adapters remove 3f2a"))
@click.argument("adapter", metavar="ID")
@common
def remove(wiring: Wiring, output: Output, adapter: str) -> None:
    """Delete an adapter that is not active."""
    with wiring.store() as store:
        card = adapter_acts.remove(wiring, store, adapter)
    output.result({"adapter": card.id, "removed": True}, f"Removed {card.id}.")


def _unfit(card: Card, base_sha256: str) -> str:
    fits = base_sha256 in ("", card.base_sha256)
    return "" if fits else "  of another base: run `microtune train`"


def _summary(card: Card, state: str, base_sha256: str) -> dict[str, Any]:
    return {
        "id": card.id,
        "state": state,
        "fits": card.base_sha256 == base_sha256,
        "created": card.created,
        "base": card.base_name,
        "documents": card.documents,
        "words": card.words,
        "bits_per_byte": card.measurements.get("bits_per_byte", {}),
        "verdict": card.verdict,
        "reason": card.reason,
    }
