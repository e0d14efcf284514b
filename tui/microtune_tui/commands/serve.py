"""`microtune serve`: your voice for editors and mail clients on this machine."""

from typing import TYPE_CHECKING

import click

from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring

if TYPE_CHECKING:
    from microtune_tui.serving.voice import Voice

PORT = 4711


@click.command(epilog=example("microtune serve", "microtune serve --port 0 --json"))
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="On 127.0.0.1 only; 0: any free one.",
)
@click.option("--new-token", is_flag=True, help="Make another token; the old one opens nothing.")
@common
def serve(wiring: Wiring, output: Output, port: int, new_token: bool) -> None:
    """Serve your voice to other programs of this machine.

    Until Ctrl-C, any program that speaks OpenAI's interface can ask for chat and completions. It
    needs the address and the token that are named at the start.
    """
    from microtune_tui.serving.bearer import Bearer
    from microtune_tui.serving.server import serve

    wiring.settings()  # before anything is made: without a base there is nothing to serve
    bearer = Bearer.of(wiring.home, new_token)

    def up(url: str, voice: "Voice") -> None:
        names = list(voice.models().names())
        output.result(
            {"url": url, "token_file": str(bearer.path), "models": names},
            f"Serving at {url} until Ctrl-C.",
            f"Token: in {bearer.path}",
            f"Models: {', '.join(names)}",
        )

    serve(wiring, port, bearer, up)
    output.tell("stopped")
