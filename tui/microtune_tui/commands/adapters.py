"""`microtune adapters`: the library of adapters."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from microtune_adapters.cards import Card
from microtune_adapters.forms import OUT_FORMS, OutForm
from microtune_tui import adapter_acts
from microtune_tui.options import common, example, home
from microtune_tui.output import Output, bits_line
from microtune_tui.training_facts import general_line, pairs_line
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
        f"{c.id}  {s:9} {c.created}  {adapter_acts.trained_on(c)}{_unfit(c, base)}"
        for c, s in known
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
        _data(card),
        *([f"Bits per byte on held-out texts: {bits_line(bits)}."] if bits else []),
        *general_line(card.measurements),
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
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(OUT_FORMS),
    default="microtune",
    show_default=True,
    help="microtune: one file with its card. peft, mlx: the folder that PEFT or mlx-lm reads. "
    "gguf: the file that llama.cpp reads.",
)
@common
def export(wiring: Wiring, output: Output, adapter: str, path: Path, form: OutForm) -> None:
    """Write an adapter to a file or folder.

    What is written holds its weights and no training text.
    """
    with wiring.store() as store:
        card = adapter_acts.export(wiring, store, adapter, path, form)
    output.result(
        {"adapter": card.id, "file": str(path), "format": form},
        f"Wrote {path}.",
    )


@adapters.command(
    name="import",
    epilog=example("microtune adapters import mine.zip", "microtune adapters import peft-folder/"),
)
@click.argument("path", type=click.Path(path_type=Path))
@common
def import_(wiring: Wiring, output: Output, path: Path) -> None:
    """Take in an adapter of the same base.

    One that microtune exported, or one that another program made: a folder of PEFT or mlx-lm, or a
    GGUF. It becomes a candidate: measure it, then use it.
    """
    with wiring.store() as store:
        card = adapter_acts.import_(wiring, store, path)
    doubt = adapter_acts.unproven(card)
    output.result(
        {
            "adapter": card.id,
            "state": {c.id: s for c, s in wiring.library.list()}[card.id],
            "format": card.recipe.get("origin", "microtune"),
            "base_proven": not doubt,
        },
        f"Imported {card.id}. Measure it with `microtune evaluate --adapter {card.id}`.",
        *([doubt] if doubt else []),
    )


@adapters.command(epilog=example("microtune adapters remove 3f2a"))
@click.argument("adapter", metavar="ID")
@common
def remove(wiring: Wiring, output: Output, adapter: str) -> None:
    """Delete an adapter that is not active."""
    with wiring.store() as store:
        card = adapter_acts.remove(wiring, store, adapter)
    output.result({"adapter": card.id, "removed": True}, f"Removed {card.id}.")


def _data(card: Card) -> str:
    if card.foreign:
        doubt = adapter_acts.unproven(card)
        return f"Another program made it; what it was trained on is not known. {doubt}".rstrip()
    return f"Trained on {card.documents} documents ({card.words} words)."


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
