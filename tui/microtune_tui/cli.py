"""The command line: what `microtune` runs. Exit codes: 0 done, 1 could not, 2 wrong usage,
75 interrupted and resumable."""

import sys
import traceback
from pathlib import Path

import click

from microtune import __version__
from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune_tui.commands import (
    adapters,
    care,
    collecting,
    demo,
    drafting,
    setup,
    sources,
    training,
)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="microtune")
@click.option("--home", metavar="DIR", help="Where microtune keeps its things.")
@click.pass_context
def microtune(context: click.Context, home: str | None) -> None:
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
        _open_assistant(home)


def _open_assistant(home: str | None) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise MicrotuneError(
            "the assistant needs a terminal",
            "Use a command instead; `microtune --help` lists them.",
        )
    from microtune_tui.app import run_app
    from microtune_tui.wiring import Wiring

    run_app(Wiring(Home.find(home)))


for command in (
    setup.init,
    sources.sources,
    collecting.collect,
    training.train,
    training.evaluate,
    drafting.write,
    drafting.reply,
    drafting.rewrite,
    adapters.adapters,
    care.status,
    care.doctor,
    care.ledger,
    demo.demo,
):
    microtune.add_command(command)


def main() -> None:
    """Run the command line and leave with its exit code; no traceback reaches the screen."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of `microtune ARGUMENTS`."""
    try:
        microtune.main(arguments, prog_name="microtune", standalone_mode=False)
    except MicrotuneError as error:
        click.echo(f"microtune: {error}", err=True)
        return error.exit_code
    except click.UsageError as error:
        error.show()
        return 2
    except click.exceptions.Exit as leave:
        return int(leave.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("microtune: interrupted. Run the same command again.", err=True)
        return 75
    except BrokenPipeError:
        sys.stderr.close()  # the reader has gone: say nothing more
        return 1
    except Exception as error:
        return _unexpected(error)
    return 0


def _unexpected(error: Exception) -> int:
    """A bug, told in one line; the details go into a file for the report."""
    note = f"{type(error).__name__}: {error}"
    try:
        path: Path | None = Home.find().create().path / "error.log"
        path.write_text("".join(traceback.format_exception(error)))
    except (OSError, MicrotuneError):
        path = None
    where = f" Details are in {path}." if path else ""
    click.echo(
        f"microtune: something unexpected happened ({note}).{where} Please report it.", err=True
    )
    return 1
