"""`microtune daemon`: the background job that collects, and trains when the machine is idle."""

import json
import sys

import click

from microtune.contracts import Change
from microtune.daemon.lock import only_daemon
from microtune.daemon.settings import DaemonSettings
from microtune.errors import MicrotuneError
from microtune_tui import daemon_orders, daemon_status, services
from microtune_tui.commands.collecting import one_pass
from microtune_tui.daemon_orders import HERE, service_of
from microtune_tui.last_run import last_run, last_run_line
from microtune_tui.options import common, example, home
from microtune_tui.output import Output
from microtune_tui.resident import daemon as the_daemon
from microtune_tui.resident import steered_by_signals
from microtune_tui.wiring import Wiring


@click.group(epilog=example("microtune daemon install", "microtune daemon status"))
@home
def daemon() -> None:
    """Collect all day, and train while the machine is idle."""


@daemon.command(epilog=example("microtune daemon run"))
@common
def run(wiring: Wiring, output: Output) -> None:
    """Be the daemon, until stopped with Ctrl-C or SIGTERM.

    SIGHUP has it read its settings and sources anew.
    """
    daemon = the_daemon(wiring, output.tell)
    # Signals first: whoever sees the lock may send one, and SIGHUP would end an unready process.
    with steered_by_signals(daemon), only_daemon(wiring.home):
        daemon.run()
    output.result({"state": "stopped"}, "stopped")


@daemon.command(epilog=example("microtune daemon status", "microtune daemon status --json"))
@common
def status(wiring: Wiring, output: Output) -> None:
    """Say what the daemon does, and why it trains or waits."""
    seen = daemon_status.seen(wiring)
    with wiring.store() as store:
        checks = daemon_status.checks_now(wiring, store, seen)
        run = last_run(store)
    rss = daemon_status.rss_mb(seen.pid)
    train = "A run goes on while" if seen.state == "training" else "To train:"
    output.result(
        {
            "state": seen.state,
            "why": seen.standing.line if seen.standing else "",
            "since": seen.standing.since if seen.standing else None,
            "pid": seen.pid,
            "training_pid": seen.standing.child if seen.standing else None,
            "rss_mb": rss,
            "paused": seen.paused,
            "conditions": daemon_status.check_facts(checks),
            "last_run": run,
        },
        f"Daemon: {seen.line}" + (f"; {rss} MB" if rss else ""),
        f"{train} (-> does not hold)",
        *daemon_status.check_lines(checks),
        f"Last run: {last_run_line(run)}",
    )


@daemon.command(epilog=example("microtune daemon pause"))
@common
def pause(wiring: Wiring, output: Output) -> None:
    """Collect and train nothing until `resume`, over restarts too."""
    daemon_orders.pause(wiring.home)
    output.result({"paused": True}, "Paused until `microtune daemon resume`.")


@daemon.command(epilog=example("microtune daemon resume"))
@common
def resume(wiring: Wiring, output: Output) -> None:
    """Go on after `pause`, or at once after a failure."""
    running = daemon_orders.resume(wiring.home)
    line = "The daemon goes on." if running else "No daemon runs: see `microtune daemon install`."
    output.result({"paused": False, "running": running}, line)


@daemon.command(epilog=example("microtune daemon settings quiet_hours=09:00-17:00"))
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
@common
def settings(wiring: Wiring, output: Output, values: tuple[str, ...]) -> None:
    """Show or change when the daemon trains."""
    kept = DaemonSettings.load(wiring.home)
    if values:
        try:
            pairs = dict(_pair(value) for value in values)
        except ValueError as error:
            raise MicrotuneError(str(error), "See `microtune daemon settings`.") from error
        kept = daemon_orders.change(wiring.home, pairs)
    output.result(kept.facts(), *(f"{name}={value}" for name, value in kept.facts().items()))


@daemon.command(epilog=example("microtune daemon install --dry-run"))
@click.option("--dry-run", is_flag=True, help="Only show what would be written.")
@click.option("--platform", type=click.Choice(["linux", "macos"]), default=HERE, show_default=True)
@click.option("--yes", is_flag=True, help="Ask nothing.")
@common
def install(wiring: Wiring, output: Output, dry_run: bool, platform: str, yes: bool) -> None:
    """Have the daemon started whenever you log in.

    The service is shown first: a systemd user unit, or a launchd agent.
    """
    made = service_of(wiring.home, platform)
    output.tell(f"# {made.path}", made.text)
    facts = {"path": str(made.path), "text": made.text, "installed": not dry_run, "left": ""}
    if dry_run:
        output.result(facts, "Nothing was written.")
        return
    if platform != HERE:
        raise MicrotuneError(f"this is no {platform}", "Use --dry-run to see its service.")
    if not yes and sys.stdin.isatty() and not click.confirm("Install it?", default=True, err=True):
        raise MicrotuneError("nothing was installed", "")
    wiring.home.create()
    facts["left"] = left = services.install(made)
    output.result(facts, f"Installed. {left}" if left else "Installed and started.")


@daemon.command(epilog=example("microtune daemon uninstall"))
@common
def uninstall(wiring: Wiring, output: Output) -> None:
    """Stop the daemon and take its service away. Texts and adapters stay."""
    made = service_of(wiring.home)
    removed = services.uninstall(made)
    lines = f"Removed {made.path}." if removed else "No service is installed."
    output.result({"path": str(made.path), "removed": removed}, lines)


@daemon.command(hidden=True, epilog=example("microtune daemon collect < changes.json"))
@common
def collect(wiring: Wiring, output: Output) -> None:
    """Collect from the changed places on standard input: JSON, [[source id, place], ...]."""
    changes = [Change(source, place) for source, place in json.load(sys.stdin)]
    one_pass(wiring, output, changes or None, gives_way=True)


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator:
        raise ValueError(f"{text!r} is not of the form name=value")
    return name, value
