"""`microtune demo`: the whole way on the bundled writer and base, offline, in a few minutes."""

import tempfile
import time
from pathlib import Path
from typing import Any

import click

from microtune.contracts import Sampling
from microtune.locations import Home
from microtune.store import Store
from microtune_tui.commands.training import stop_on_signals
from microtune_tui.options import common, example
from microtune_tui.output import Output, bits_line, minutes
from microtune_tui.wiring import Wiring

REQUEST = "Invite him to dinner tomorrow and ask him to bring the new trios."


@click.command(epilog=example("microtune demo", "microtune --home ~/try demo"))
@click.option(
    "--minutes",
    "budget",
    type=click.FloatRange(min=0.01, max=60),
    default=1.0,
    show_default=True,
    help="How long the training loop may take, about.",
)
@common
def demo(wiring: Wiring, output: Output, budget: float) -> None:
    """Learn Beethoven's voice from his letters, measure it, and write with and without it.

    Uses a temporary home unless --home is given; your own texts are not touched.
    """
    chosen = click.get_current_context().find_root().params.get("home")
    given = chosen or click.get_current_context().params.get("home")
    if given:
        _run(wiring, output, budget)
        return
    with tempfile.TemporaryDirectory(prefix="microtune-demo-") as folder:
        _run(Wiring(Home(Path(folder))), output, budget)


def _run(wiring: Wiring, output: Output, budget: float) -> None:
    began = time.monotonic()
    say = (lambda line: None) if output.as_json else click.echo
    base = wiring.choose_base("pocket")
    say(f"1. Base: {base.name}, {base.parameters / 1e6:.1f} M parameters; trained from scratch.")
    with wiring.store() as store:
        say(_collect(store))
        outcome = _train(wiring, store, output, budget)
        bits = dict(outcome.measurement.bits_per_byte)
        say(
            f"3. Trained {outcome.trained.steps} steps ({outcome.trained.tokens} tokens) in "
            f"{minutes(outcome.trained.seconds)}: adapter {outcome.adapter}."
        )
        say(f"4. Bits per byte on letters it never saw: {bits_line(bits)}.")
        say(f"   The gate says: {outcome.verdict.reason}.")
        drafts = _drafts(wiring, store, outcome.adapter)
    say(f'5. "{REQUEST}"\n\n   Base alone:\n{_quoted(drafts["base"])}')
    say(f"\n   With the adapter:\n{_quoted(drafts['adapter'])}\n")
    seconds = time.monotonic() - began
    data = {
        "bits_per_byte": bits,
        "adapter": outcome.adapter,
        "status": "promoted" if outcome.verdict.promoted else "rejected",
        "reason": outcome.verdict.reason,
        "drafts": drafts,
        "seconds": round(seconds, 1),
    }
    output.result(data, f"All of it took {minutes(seconds)} and stayed on this machine.")


def _collect(store: Store) -> str:
    from microtune import collecting
    from microtune.curation.curator import Curator
    from microtune_collectors.registry import open_collector, open_source
    from microtune_tui.sample import WRITER, sample_path

    source = open_source(str(sample_path()), "mbox", (WRITER,))
    store.sources.add(source, "The bundled letters of Beethoven, in the public domain.")
    done = collecting.collect(store, open_collector, Curator())
    return f"2. Collected {done.total} of Beethoven's letters in {done.seconds:.1f} s."


def _train(wiring: Wiring, store: Store, output: Output, budget: float) -> Any:
    from microtune_adapters.training_run import Listener, TrainingRun
    from microtune_tui.commands.training import progress_on

    base = wiring.base()
    with output.progress("Training") as bar, stop_on_signals() as stop:
        listener = Listener(bar.retitle, progress_on(bar), lambda d, t: bar.update(d, t), stop)
        run = TrainingRun(store, wiring.library, base, lambda: wiring.engine(base), listener)
        return run.run(budget)


def _drafts(wiring: Wiring, store: Store, adapter: str) -> dict[str, str]:
    """The same request and seed, with the bare base and with the adapter."""
    from microtune_adapters.drafting import Drafter, Request, most_tokens

    request = Request("write", about=REQUEST, to="Zmeskall", words=50)
    sampling = Sampling(seed=1, max_tokens=most_tokens(50))
    with wiring.serving() as engine:
        drafter = Drafter(engine, wiring.library, store.retrieval)
        return {
            name: drafter.draft(request, chosen, sampling, lambda piece: None).text
            for name, chosen in (("base", ""), ("adapter", adapter))
        }


def _quoted(text: str) -> str:
    return "\n".join(f"   | {line}" for line in text.splitlines())
