"""The command line: what `microtune` runs.

Exit codes: 0 done, 1 could not, 2 wrong usage, 75 interrupted and resumable.
"""

import gc
import importlib
import io
import os
import sys

import click

from microtune import __version__
from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune_tui import failures
from microtune_tui.options import Given, home

COMMANDS = {
    "adapters": "adapters",
    "ask": "ask",
    "bases": "bases",
    "collect": "collecting",
    "daemon": "daemon",
    "demo": "demo",
    "doctor": "care",
    "drafts": "drafts",
    "evaluate": "training",
    "forget": "forget",
    "init": "setup",
    "ledger": "ledger",
    "reply": "drafting",
    "rewrite": "drafting",
    "serve": "serve",
    "sources": "sources",
    "status": "care",
    "today": "today",
    "train": "training",
    "why": "why",
    "write": "drafting",
}
"""Command → the file of `commands` that holds it, under the command's own name."""

UNCOLLECTED = 50_000
"""New objects before Python looks for garbage. What imports make stays; with the usual 700 it is
looked through many times over, for 3 to 15 % of the processor's time that importing torch and
its libraries takes (four pairs of runs)."""


class Commands(click.Group):
    """Imports a command's file only when it is asked for: `microtune write` needs no daemon."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"microtune_tui.commands.{COMMANDS[name]}")
        command = getattr(module, name)
        assert isinstance(command, click.Command)
        return command


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="microtune")
@home
@click.pass_context
def microtune(context: click.Context) -> None:
    """A writing assistant that learns your voice on your own machine.

    Without a command it opens the assistant.

    \b
    First steps:
      microtune init --base pocket
      microtune sources add ~/Mail/Sent.mbox
      microtune collect
      microtune train
      microtune write "Thank Ana for the visit and propose Tuesday."
    """
    if context.invoked_subcommand is None:
        _open_assistant(context.ensure_object(Given))


def _open_assistant(given: Given) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise MicrotuneError(
            "the assistant needs a terminal",
            "Use a command instead; `microtune --help` lists them.",
        )
    from microtune_tui.app import run_app
    from microtune_tui.wiring import Wiring

    run_app(Wiring(Home.find(given.home)))


def main() -> None:
    """Run the command line and leave with its exit code; no traceback reaches the screen."""
    gc.set_threshold(UNCOLLECTED)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that is not UTF-8
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError:  # was said; Python would say it again at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """The exit code of `microtune ARGUMENTS`."""
    given = Given()
    try:
        microtune.main(arguments, prog_name="microtune", standalone_mode=False, obj=given)
    except click.exceptions.NoArgsIsHelpError as asked:
        asked.show()
        return failures.WRONG_USAGE
    except (Exception, KeyboardInterrupt) as error:
        return failures.report(error, Home.find(given.home))
    return failures.DONE
