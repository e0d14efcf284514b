"""`microtune status` and `doctor`: where things stand, and what is wrong."""

from dataclasses import asdict
from typing import Any

import click

from microtune.daemon import notices
from microtune_tui import daemon_status
from microtune_tui.download_line import download_lines, newest_download
from microtune_tui.last_run import last_run, last_run_line
from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring


@click.command(epilog=example("microtune status", "microtune status --json"))
@common
def status(wiring: Wiring, output: Output) -> None:
    """Show where things stand."""
    facts, download = _facts(wiring), newest_download(wiring)
    output.result(
        {**facts, "download": asdict(download) if download else None},
        f"Base: {facts['base'] or 'none yet (microtune init)'}",
        f"Sources: {facts['sources']}; documents: {facts['documents']} ({facts['words']} words)",
        f"Adapters: {facts['adapters']}; active: {_active_line(facts)}",
        f"Last run: {last_run_line(facts['last_run'])}",
        f"Daemon: {daemon_status.seen(wiring).line}",
        *download_lines(download),
        *facts["notices"],
    )


@click.command(epilog=example("microtune doctor", "microtune doctor --json"))
@common
def doctor(wiring: Wiring, output: Output) -> None:
    """Look for what is wrong, and say how to mend it."""
    from microtune_tui.checks import problems  # knows every kind of source

    found = [{"what": error.what, "remedy": error.remedy} for error in problems(wiring)]
    lines = [f"- {p['what'].rstrip('.')}. {p['remedy']}" for p in found]
    output.result({"problems": found}, *(lines or ["Nothing is wrong."]))


def _facts(wiring: Wiring) -> dict[str, Any]:
    with wiring.store() as store:
        settings, active = wiring.chosen(), wiring.library.active()
        return {
            "documents": store.documents.count(),
            "words": store.documents.words(),
            "kinds": store.documents.count_by_kind(),
            "sources": len(store.sources.all()),
            "base": settings.base_name if settings else None,
            "active": active.id if active else None,
            "active_fits": active.base_sha256 == settings.base_sha256
            if active and settings
            else None,
            "adapters": len(wiring.library.list()),
            "last_run": last_run(store),
            "daemon": daemon_status.seen(wiring).state,
            "notices": [notice.line for notice in notices.take(wiring.home)],
            "home": str(wiring.home.path),
        }


def _active_line(facts: dict[str, Any]) -> str:
    if facts["active_fits"] is False:
        return f"{facts['active']}, which is of another base: run `microtune train`"
    return facts["active"] or "none"
