"""`microtune init`: choose a base and verify it."""

import click

from microtune.settings import POCKET
from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring


@click.command(epilog=example("microtune init --base pocket", "microtune init --base ~/qwen3.gguf"))
@click.option("--base", "name", default=POCKET, show_default=True, metavar="NAME|FILE.gguf")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@common
def init(wiring: Wiring, output: Output, name: str, yes: bool) -> None:
    """Choose the base model that adapters are trained for, and verify it."""
    wiring.home.create()
    active = wiring.library.active()
    base = wiring.choose_base(name)
    with wiring.store() as store:
        store.ledger.append("base chosen", {"base": base.name, "sha256": base.sha256})
    lines = [
        f"Base: {base.name}, {base.parameters / 1e6:.1f} M parameters, {base.quantisation}.",
        f"Home: {wiring.home.path}",
        "Next: microtune sources add PATH",
    ]
    if active and active.base_sha256 != base.sha256:
        lines.append(
            f"The adapter {active.id} fits another base and is not used: run `microtune train`."
        )
    data = {"base": base.name, "sha256": base.sha256, "home": str(wiring.home.path)}
    output.result({**data, "parameters": base.parameters}, *lines)
