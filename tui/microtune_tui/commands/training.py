"""`microtune train` and `microtune evaluate`."""

import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from microtune.contracts import Progress
from microtune_tui.options import common, example
from microtune_tui.output import Output, bits_line, minutes
from microtune_tui.wiring import Wiring

DEFAULT_MINUTES = 3.0


@click.command(epilog=example("microtune train --minutes 2", "microtune train --dry-run"))
@click.option(
    "--minutes",
    "budget",
    type=click.FloatRange(min=0.01, max=24 * 60),
    default=DEFAULT_MINUTES,
    show_default=True,
    help="How long the training loop may take, about.",
)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@common
def train(wiring: Wiring, output: Output, budget: float, seed: int, dry_run: bool) -> None:
    """Train an adapter on what you wrote, measure it, and use it if it is better.

    Interrupted with Ctrl-C or SIGTERM it saves its state; the same command goes on from there.
    """
    if dry_run:
        _dry_run(wiring, output, budget, seed)
        return
    from microtune_adapters.training_run import Listener, TrainingRun

    base = wiring.base()
    with wiring.store() as store, output.progress("Training") as bar, stop_on_signals() as stop:
        listener = Listener(bar.retitle, progress_on(bar), lambda d, t: bar.update(d, t), stop)
        run = TrainingRun(store, wiring.library, base, lambda: wiring.engine(base), listener)
        outcome = run.run(budget, seed)
    bits = dict(outcome.measurement.bits_per_byte)
    status = "promoted" if outcome.verdict.promoted else "rejected"
    data = {
        "adapter": outcome.adapter,
        "status": status,
        "reason": outcome.verdict.reason,
        "heldout": bits,
        "seconds": round(outcome.trained.seconds, 1),
        "tokens": outcome.trained.tokens,
        "steps": outcome.trained.steps,
        "peak_rss_mb": peak_rss_mb(),
    }
    output.result(
        data,
        f"Adapter {outcome.adapter} {status}: {outcome.verdict.reason}.",
        f"Bits per byte on held-out texts: {bits_line(bits)}.",
        f"{outcome.trained.tokens} tokens in {minutes(outcome.trained.seconds)}, "
        f"at most {data['peak_rss_mb']} MB of memory.",
    )


@click.command(epilog=example("microtune evaluate --json"))
@click.option("--adapter", metavar="ID", help="Another than the active one.")
@common
def evaluate(wiring: Wiring, output: Output, adapter: str | None) -> None:
    """Measure base and adapter, each with and without retrieval, on texts held out of training."""
    from microtune_adapters.heldout import measure_adapter

    library, base = wiring.library, wiring.base()
    card = library.find(adapter) if adapter else library.active()
    with wiring.store() as store, output.progress("Measuring") as bar, wiring.serving() as engine:
        measured = measure_adapter(store, library, card, base, engine, bar.update)
    data = {"adapter": card.id if card else "", "base": base.name, **measured.to_dict()}
    kinds = (f"  {kind}: {bits_line(bits)}" for kind, bits in measured.by_kind.items())
    output.result(
        data,
        f"Bits per byte over {measured.documents} held-out texts ({measured.bytes} bytes):",
        f"  all: {bits_line(measured.bits_per_byte)}",
        *(kinds if len(measured.by_kind) > 1 else ()),
    )


def _dry_run(wiring: Wiring, output: Output, budget: float, seed: int) -> None:
    from microtune_adapters.recipes import expected_memory_mb
    from microtune_adapters.training_run import plan

    base = wiring.base()
    with wiring.store() as store:
        snapshot, recipe = plan(store, base, budget, seed)
    memory = expected_memory_mb(base.parameters, base.vocabulary, recipe)
    data = {
        "adapter": "",
        "status": "dry run",
        "reason": "nothing was trained",
        "heldout": len(snapshot.heldout),
        "seconds": recipe.minutes * 60,
        "tokens": 0,
        "peak_rss_mb": memory,
        "documents": len(snapshot.train),
        "words": snapshot.words,
        "recipe": recipe.to_dict(),
    }
    output.result(
        data,
        f"Would train on {len(snapshot.train)} documents ({snapshot.words} words) for at most "
        f"{recipe.minutes:g} min on {base.name}, rank {recipe.rank}, {recipe.precision}.",
        f"{len(snapshot.heldout)} documents are held out. Expected memory: {memory} MB.",
    )


def progress_on(bar: Any) -> Callable[[Progress], None]:
    def show(p: Progress) -> None:
        bar.update(p.step, p.steps, f"loss {p.loss:.2f}, {minutes(p.seconds_left)} left")

    return show


@contextmanager
def stop_on_signals() -> Iterator[Callable[[], bool]]:
    """A question that turns true once SIGTERM or Ctrl-C arrives; handlers are put back after."""
    received: list[int] = []
    kinds = (signal.SIGTERM, signal.SIGINT)
    before = {kind: signal.signal(kind, lambda got, _: received.append(got)) for kind in kinds}
    try:
        yield lambda: bool(received)
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def peak_rss_mb() -> int:
    """The most memory that this process had resident so far, in MB (10^6 bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1_000_000 if sys.platform == "darwin" else peak * 1024 // 1_000_000
