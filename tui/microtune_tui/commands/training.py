"""`microtune train` and `microtune evaluate`."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from microtune.store import Store
from microtune_adapters.cards import Card
from microtune_tui.options import common, example
from microtune_tui.output import Output, bits_line, minutes
from microtune_tui.training import train as run_training
from microtune_tui.training_facts import (
    general_line,
    lineage_facts,
    outcome_facts,
    pairs_line,
    unchanged_facts,
)
from microtune_tui.wiring import Wiring

if TYPE_CHECKING:
    from microtune_adapters.evaluation import Measurement
    from microtune_adapters.forecast import Forecast
    from microtune_adapters.gguf_inspect import BaseFile
    from microtune_adapters.lineage_choice import Intent, Wish
    from microtune_adapters.run_values import Outcome

DEFAULT_MINUTES = 3.0
PARTS = ("loading", "training", "measuring")  # of a command's time


@click.command(epilog=example("microtune train --minutes 2", "microtune train --dry-run"))
@click.option(
    "--minutes",
    "budget",
    type=click.FloatRange(min=0.01, max=24 * 60),
    default=DEFAULT_MINUTES,
    show_default=True,
    help="How long the training loop may take, about.",
)
@click.option("--seed", type=int, help="Train from scratch; another number, another adapter.")
@click.option("--anew", is_flag=True, help="Train from scratch, not on from the active adapter.")
@click.option("--edits", is_flag=True, help="Learn from what you made of drafts, too.")
@click.option("--dry-run", is_flag=True, help="Only try how long it would take.")
@common
def train(
    wiring: Wiring,
    output: Output,
    budget: float,
    seed: int | None,
    anew: bool,
    edits: bool,
    dry_run: bool,
) -> None:
    """Train an adapter on your texts; use it if it is better.

    It goes on from the active adapter with what you wrote since, and now and then from scratch.
    Interrupted with Ctrl-C or SIGTERM it saves its state; the same command goes on from there.
    """
    from microtune_adapters.gate import NoGain
    from microtune_adapters.lineage import NothingNew
    from microtune_adapters.lineage_choice import Wish

    wish = Wish(budget, seed, anew, edits=edits)
    with wiring.store() as store:
        try:
            if dry_run:
                _dry_run(wiring, store, output, wish)
            else:
                _say(output, run_training(wiring, store, output, wish))
        except NothingNew as same:
            output.result(unchanged_facts(wiring, store, same), str(same))
        except NoGain as same:
            output.result(unchanged_facts(wiring, store, same), f"The active adapter stays: {same}")


def _say(output: Output, outcome: "Outcome") -> None:
    data = outcome_facts(outcome)
    how = f", on from {outcome.lineage.parent}" if outcome.lineage.parent else ""
    output.result(
        data,
        f"Adapter {outcome.adapter}{how} {data['status']}: {outcome.verdict.reason}.",
        f"Bits per byte on held-out texts: {bits_line(outcome.measurement.bits_per_byte)}.",
        *general_line(data),
        f"{outcome.trained.tokens} tokens in {minutes(outcome.trained.seconds)}, "
        f"at most {data['peak_rss_mb']} MB of memory.",
        *pairs_line(data["pairs"]),
    )


@click.command(epilog=example("microtune evaluate", "microtune evaluate --adapter 3f2a --json"))
@click.option("--adapter", metavar="ID", help="This one instead of the active or newest one.")
@common
def evaluate(wiring: Wiring, output: Output, adapter: str | None) -> None:
    """Measure base and adapter on texts held out of training.

    And on what you made of drafts, once there is enough of it. Each is measured with and without
    retrieval. Fewer bits per byte are better.
    """
    from microtune_adapters.heldout import measure_adapter, measure_on_pairs

    library, base = wiring.library, wiring.base()
    card = library.find(adapter) if adapter else _usual(wiring, base.sha256)
    with wiring.store() as store, output.progress("Measuring") as bar, wiring.serving() as engine:
        measured = measure_adapter(store, library, card, base, engine, bar.update)
        found = measure_on_pairs(store, library, card, engine, bar.update) if card else None
    pairs = found.to_dict() if found else None
    figures = {**_four_figures(measured), "pairs": pairs}
    data = {"adapter": card.id if card else "", "base": base.name, **figures}
    kinds = [f"  {kind}: {bits_line(bits)}" for kind, bits in measured.by_kind.items()]
    output.result(
        data,
        f"Adapter: {card.id if card else 'none yet, so only the base is measured'}",
        f"Bits per byte over {measured.documents} held-out texts ({measured.bytes} bytes):",
        f"  all: {bits_line(measured.bits_per_byte)}",
        *(kinds if len(kinds) > 1 else ()),
        *pairs_line(pairs),
    )


def _usual(wiring: Wiring, base_sha256: str) -> Card | None:
    """The active adapter; where none is, the newest one of this base; None where there is none."""
    active = wiring.library.active()
    known = [card for card, _ in wiring.library.list() if not card.erased]
    fitting = [card for card in known if card.base_sha256 == base_sha256]
    return active or (fitting[-1] if fitting else None)


def _four_figures(measured: "Measurement") -> dict[str, Any]:
    """The measurement with null for the conditions that it lacks."""
    from microtune_adapters.evaluation import CONDITIONS

    bits = {**dict.fromkeys(CONDITIONS), **measured.bits_per_byte}
    return {**measured.to_dict(), "bits_per_byte": bits}


def _dry_run(wiring: Wiring, store: Store, output: Output, wish: "Wish") -> None:
    from microtune_adapters.lineage_choice import intent
    from microtune_adapters.torch_place import expected_mb

    begun = time.perf_counter()
    base = wiring.base()
    chosen = intent(store, wiring.library, base, wish)
    before = time.perf_counter() - begun  # a run does all this as well
    tried = _tried(wiring, store, output, base, chosen, before)
    snapshot, recipe = chosen.snapshot, chosen.recipe
    memory, card = expected_mb(base, recipe)
    of_card = f", and {card} MB of the graphics card's" if card else ""
    data = {
        "status": "dry run",
        "documents": len(snapshot.studied),
        "words": snapshot.words,
        "heldout_documents": len(snapshot.heldout),
        "pairs": len(chosen.pairs.train),
        "seconds": round(tried.seconds, 2),
        "time": {part: round(getattr(tried, part), 2) for part in PARTS},
        "peak_rss_mb": memory,
        "card_mb": card,
        "recipe": recipe.to_dict(),
        **lineage_facts(chosen.lineage),
    }
    output.result(
        data,
        _would_train(chosen, base.name),
        _would_take(tried),
        f"{len(snapshot.heldout)} documents are held out. Expected memory: {memory} MB{of_card}.",
    )


def _would_train(chosen: "Intent", base_name: str) -> str:
    snapshot, recipe, lineage = chosen.snapshot, chosen.recipe, chosen.lineage
    pairs = f" and {len(chosen.pairs.train)} edits of drafts" if chosen.pairs.train else ""
    start = f"going on from {lineage.parent}" if lineage.parent else f"anew ({lineage.why})"
    return (
        f"Would train on {len(snapshot.studied)} documents ({snapshot.words} words){pairs} "
        f"for at most {recipe.minutes:g} min on {base_name}, rank {recipe.rank}, "
        f"{recipe.precision}, {start}."
    )


def _would_take(tried: "Forecast") -> str:
    return (
        f"It would take about {minutes(tried.seconds)}: {minutes(tried.loading)} to load and plan, "
        f"{minutes(tried.training)} to train, {minutes(tried.measuring)} to measure."
    )


def _tried(
    wiring: Wiring,
    store: Store,
    output: Output,
    base: "BaseFile",
    chosen: "Intent",
    before: float,
) -> "Forecast":
    """What a run would take that has taken `before` seconds to be chosen."""
    from microtune_adapters.forecast import forecast
    from microtune_adapters.rival import rival_of

    with output.progress("Trying a few steps") as bar:
        rival = rival_of(store, wiring.library, base)
        stage = lambda words: bar.retitle(words.capitalize())  # noqa: E731
        tried = forecast(store, base, chosen, lambda: wiring.engine(base), rival, stage)
    return replace(tried, loading=before + tried.loading)
