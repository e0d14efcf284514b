"""`microtune demo`: the whole way on the bundled writer and base, offline, in a few minutes."""

import tempfile
import time
from pathlib import Path
from typing import Any

import click

from microtune.contracts import Sampling
from microtune.errors import Interrupted, MicrotuneError
from microtune.locations import Home
from microtune.settings import POCKET
from microtune.store import Store
from microtune_tui.options import Given, common, example
from microtune_tui.output import Output, bits_line, minutes
from microtune_tui.sample import WRITER, sample_path
from microtune_tui.training import train
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
@click.pass_obj
def demo(given: Given, wiring: Wiring, output: Output, budget: float) -> None:
    """Learn Beethoven's voice from his letters, and show it.

    Collects, trains, measures, and writes with and without the adapter. Uses a temporary home
    unless --home is given; your own texts are not touched.
    """
    if given.home:
        _run(wiring, output, budget)
        return
    with tempfile.TemporaryDirectory(prefix="microtune-demo-") as folder:
        try:
            _run(Wiring(Home(Path(folder))), output, budget)
        except Interrupted:
            raise Interrupted("the demo was stopped", "Run `microtune demo` again.") from None


def _run(wiring: Wiring, output: Output, budget: float) -> None:
    from microtune_adapters.lineage_choice import Wish

    began = time.monotonic()
    with wiring.store() as store:
        _refuse_a_home_in_use(wiring, store)
        base = wiring.choose_base(POCKET)
        output.tell(f"1. Base: {base.name}, {base.parameters / 1e6:.1f} M parameters.")
        output.tell(f"2. {_collect(store)}")
        outcome = train(wiring, store, output, Wish(budget, anew=True))
        output.tell(
            f"3. Trained {outcome.trained.steps} steps ({outcome.trained.tokens} tokens) in "
            f"{minutes(outcome.trained.seconds)}: adapter {outcome.adapter}.",
            "4. Bits per byte on letters it never saw: "
            f"{bits_line(outcome.measurement.bits_per_byte)}.",
            f"   The gate says: {outcome.verdict.reason}.",
        )
        drafts = _drafts(wiring, store, outcome.adapter)
    output.tell(f'5. "{REQUEST}"')
    output.tell("", "   Base alone:", *_quoted(drafts["base"]))
    output.tell("", "   With the adapter:", *_quoted(drafts["adapter"]), "")
    seconds = time.monotonic() - began
    data = {**_facts(outcome), "drafts": drafts, "seconds": round(seconds, 1)}
    output.result(data, f"All of it took {minutes(seconds)} and stayed on this machine.")


def _facts(outcome: Any) -> dict[str, Any]:
    return {
        "bits_per_byte": dict(outcome.measurement.bits_per_byte),
        "adapter": outcome.adapter,
        "status": "promoted" if outcome.verdict.promoted else "rejected",
        "reason": outcome.verdict.reason,
    }


def _refuse_a_home_in_use(wiring: Wiring, store: Store) -> None:
    if any(source.place != str(sample_path()) for source in store.sources.all()):
        raise MicrotuneError(
            f"the home {wiring.home.path} holds sources of your own",
            "Leave out --home, or name an empty folder: the demo adds Beethoven's letters.",
        )


def _collect(store: Store) -> str:
    from microtune import collecting
    from microtune.curation.curator import Curator
    from microtune_collectors.registry import open_collector, open_source

    source = open_source(str(sample_path()), "mbox", (WRITER,))
    store.sources.add(source, "The bundled letters of Beethoven, in the public domain.")
    done = collecting.collect(store, open_collector, Curator())
    return f"Collected {done.total} of Beethoven's letters in {done.seconds:.1f} s."


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


def _quoted(text: str) -> list[str]:
    return [f"   | {line}" for line in text.splitlines()]
