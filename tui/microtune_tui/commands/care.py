"""`microtune status`, `doctor` and `ledger`: where things stand and what is wrong."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from microtune.errors import MicrotuneError
from microtune.settings import Settings
from microtune.store import Store
from microtune_collectors.registry import kind_of
from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring


@click.command(epilog=example("microtune status --json"))
@common
def status(wiring: Wiring, output: Output) -> None:
    """Show where things stand."""
    settings, active = Settings.load(wiring.home), wiring.library.active()
    with wiring.store() as store:
        documents, words, kinds = (
            store.documents.count(),
            store.documents.words(),
            store.documents.count_by_kind(),
        )
        runs, sources = store.runs.all(), len(store.sources.all())
    known = wiring.library.list()
    last = runs[0] if runs else None
    run: dict[str, Any] | None = last and {
        "id": last.id,
        "state": last.state,
        "started": last.started.isoformat(timespec="seconds"),
        "adapter": last.adapter,
        "reason": last.reason,
    }
    data = {
        "documents": documents,
        "words": words,
        "kinds": kinds,
        "sources": sources,
        "base": settings.base_name if settings else None,
        "active": active.id if active else None,
        "adapters": len(known),
        "last_run": run,
        "daemon": "not installed",
        "home": str(wiring.home.path),
    }
    output.result(
        data,
        f"Base: {data['base'] or 'none yet (microtune init)'}",
        f"Sources: {sources}; documents: {documents} ({words} words)",
        f"Adapters: {len(known)}; active: {data['active'] or 'none'}",
        f"Last run: {f'{last.state}, {last.reason or last.id}' if last else 'none yet'}",
    )


@click.command(epilog=example("microtune doctor"))
@common
def doctor(wiring: Wiring, output: Output) -> None:
    """Look for what is wrong, and say how to mend it."""
    problems = list(_problems(wiring))
    lines = [f"- {p['what']}: {p['remedy']}" for p in problems]
    output.result({"problems": problems}, *(lines or ["Nothing is wrong."]))


def _problems(wiring: Wiring) -> list[dict[str, str]]:
    found: list[MicrotuneError] = []
    for check in (_base, _store, _adapters):
        try:
            found += check(wiring)
        except MicrotuneError as error:
            found.append(error)
    return [{"what": error.what, "remedy": error.remedy} for error in found]


def _base(wiring: Wiring) -> list[MicrotuneError]:
    wiring.base()
    return []


def _store(wiring: Wiring) -> list[MicrotuneError]:
    with wiring.store() as store:
        damage = [
            MicrotuneError(f"the database: {line}", "Restore it from a backup, or collect anew.")
            for line in store.problems()
        ]
        return damage + _ledger_problems(store) + _unread_sources(store)


def _ledger_problems(store: Store) -> list[MicrotuneError]:
    remedy = "The record was changed from outside: do not rely on it before that point."
    return [MicrotuneError(f"the ledger: {line}", remedy) for line in store.ledger.verify()]


def _unread_sources(store: Store) -> list[MicrotuneError]:

    problems = []
    for source in store.sources.all():
        try:
            kind_of(Path(source.place))
        except MicrotuneError as error:
            problems.append(error)
    return problems


def _adapters(wiring: Wiring) -> list[MicrotuneError]:
    problems = [
        MicrotuneError(f"{folder} holds no adapter", "Delete the folder.")
        for folder in wiring.library.damaged()
    ]
    active, settings = wiring.library.active(), Settings.load(wiring.home)
    if active and settings and active.base_sha256 != settings.base_sha256:
        problems.append(
            MicrotuneError(
                f"the active adapter {active.id} fits another base", "Run `microtune train`."
            )
        )
    return problems


@click.group(invoke_without_command=True)
@common
@click.pass_context
def ledger(context: click.Context, wiring: Wiring, output: Output) -> None:
    """Show the record of what was collected, trained, promoted and removed."""
    if context.invoked_subcommand is not None:
        return
    with wiring.store() as store:
        lines = list(store.ledger.lines())
    output.result(
        {"lines": [{**asdict(line), "data": line.facts} for line in lines]},
        *(f"{line.seq:5} {line.at}  {line.event}  {line.data}" for line in lines),
    )


@ledger.command(epilog=example("microtune ledger verify"))
@common
def verify(wiring: Wiring, output: Output) -> None:
    """Check that no line was changed, moved or taken away."""
    with wiring.store() as store:
        problems, count = store.ledger.verify(), sum(1 for _ in store.ledger.lines())
    data = {"whole": not problems, "lines": count, "problems": problems}
    output.result(data, f"{count} lines, all whole." if not problems else f"{count} lines.")
    if problems:
        raise MicrotuneError(
            f"the ledger was tampered with: {'; '.join(problems[:3])}",
            "Do not rely on it before that point; restore the home from a backup.",
        )
