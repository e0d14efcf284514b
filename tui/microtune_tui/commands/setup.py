"""`microtune init`: choose a base and verify it."""

import sys

import click

from microtune.errors import MicrotuneError
from microtune.settings import POCKET
from microtune_adapters.cards import Card
from microtune_adapters.downloading import megabytes
from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.machine import this_machine
from microtune_adapters.suiting import Advice, advised
from microtune_tui.base_choice import choose
from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring


@click.command(epilog=example("microtune init --base pocket", "microtune init --base ~/qwen3.gguf"))
@click.option(
    "--base",
    "name",
    metavar="NAME|FILE.gguf",
    help="The model to train adapters for and to write with: pocket (the default), a name from "
    "`microtune bases list`, which is downloaded, or a file.",
)
@click.option("--yes", is_flag=True, help="Ask nothing.")
@common
def init(wiring: Wiring, output: Output, name: str | None, yes: bool) -> None:
    """Choose a base model and verify it."""
    wiring.home.create()
    before = wiring.library.active()
    if before and not yes and sys.stdin.isatty():
        _ask(before)
    with wiring.store() as store:
        base = choose(wiring, output, name or POCKET)
        store.ledger.append("base chosen", {"base": base.name, "sha256": base.sha256})
    advice = None if name else advised(this_machine(wiring.home.path))
    data = {
        "base": base.name,
        "sha256": base.sha256,
        "home": str(wiring.home.path),
        "parameters": base.parameters,
        "quantisation": base.quantisation,
        "advised": advice.entry.name if advice else None,
    }
    output.result(data, *_lines(wiring, base, before), *_hint(advice))


def _ask(active: Card) -> None:
    question = (
        f"The adapter {active.id} was trained for {active.base_name} and serves no other base.\n"
        "It stays in the library. Choose a base all the same?"
    )
    if not click.confirm(question, err=True):
        raise MicrotuneError("the base was left as it was", "")


def _hint(advice: Advice | None) -> list[str]:
    """What else could be chosen, for those who named no base."""
    if advice is None:
        return []
    if advice.entry.packaged:
        return [advice.why, "`microtune bases list` shows the others."]
    size = megabytes(advice.entry.bytes)
    return [advice.why, f"To have it, {size}: microtune init --base {advice.entry.name}"]


def _lines(wiring: Wiring, base: BaseFile, active: Card | None) -> list[str]:
    lines = [
        f"Base: {base.name}, {base.parameters / 1e6:.1f} M parameters, {base.quantisation}.",
        f"Home: {wiring.home.path}",
    ]
    if active and active.base_sha256 != base.sha256:
        unused = f"The adapter {active.id} fits another base and is not used: run `microtune train`"
        return [*lines, f"{unused}."]
    return lines if active else [*lines, "Next: microtune sources add PATH"]
