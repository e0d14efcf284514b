"""`microtune forget`: erase texts, and all that was learned from them."""

import sys
from collections.abc import Sequence

import click

from microtune.errors import MicrotuneError
from microtune.forgetting import Forgotten, Target, find_target
from microtune.forgetting import forget as take_out
from microtune.store import Store
from microtune.words import Document
from microtune_adapters.erasing import settle
from microtune_tui import accounts
from microtune_tui.forgetting import beginning, counts, sample, samples
from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.places import as_added
from microtune_tui.wiring import Wiring

EXAMPLES = ("microtune forget ~/Mail/Sent.mbox", 'microtune forget "Dr Miller" --dry-run')


@click.command(epilog=example(*EXAMPLES))
@click.argument("what", metavar="QUERY|DOC|SOURCE", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Only show what would be forgotten.")
@common
def forget(wiring: Wiring, output: Output, what: str | None, yes: bool, dry_run: bool) -> None:
    """Erase texts for good, with every adapter that learned from them.

    A source is named by its place or id, one text or received message by its id; any other words
    stand for all texts that they stand in. Your own files and mailboxes are not touched. Without
    a name it ends a forgetting that was cut off.
    """
    with wiring.store() as store:
        given = as_added(what or "", store.sources.known())
        target = _target(store, given)
        if target is None:
            _end(wiring, store, output, None)
        elif dry_run:
            shown = sample(store, target)
            output.result(_would(target, shown), *_lines(target, shown))
        else:
            if not yes:
                _ask(_lines(target, sample(store, target)))
            _end(wiring, store, output, take_out(store, target))


def _target(store: Store, given: str) -> Target | None:
    """What is meant; None where only what was cut off is left to do. Raises `MicrotuneError`."""
    cut_off = bool(store.erasures.pending())
    try:
        if given:
            return find_target(store, given)
    except MicrotuneError:
        if not cut_off:  # else it may have been taken out just before the kill
            raise
    if cut_off:
        return None
    raise MicrotuneError(
        "there is nothing to forget", "Name a source, a text's id, or words that it contains."
    )


def _end(wiring: Wiring, store: Store, output: Output, done: Forgotten | None) -> None:
    """Clear files and adapters of all that is pending, and say what came of it."""
    retired = settle(store, wiring.library)
    if done and done.source:
        accounts.sign_out(done.source, store.sources.all(), output.notice)
    exported = _exported(store, retired)
    facts = {
        "documents": done.documents if done else 0,
        "received": done.received if done else 0,
        "drafts": done.drafts if done else 0,
        "verdicts": done.verdicts if done else 0,
        "adapters": list(retired),
        "exported": exported,
        "source": done.source.place if done and done.source else None,
    }
    output.result(facts, *_outcome(done, retired, exported))


def _outcome(done: Forgotten | None, retired: Sequence[str], exported: Sequence[str]) -> list[str]:
    gone = counts(done.documents, done.received, done.drafts) if done else ""
    lines = [f"Forgotten: {gone}." if done else "What was cut off is ended now."]
    if done and done.source:
        lines.append(f"{done.source.place} is no source any more.")
    if retired:
        lines += [
            f"Retired, their weights deleted: {', '.join(retired)}.",
            "The daemon trains another when the machine is idle; or run `microtune train`.",
        ]
    if exported:
        lines.append(f"{', '.join(exported)} had been exported: those files are yours to delete.")
    return lines


def _ask(lines: Sequence[str]) -> None:
    """Raises `MicrotuneError` where nobody can answer, and `click.Abort` for a no."""
    if not sys.stdin.isatty():
        raise MicrotuneError(
            "forgetting cannot be undone, and there is nobody to ask",
            "Look with --dry-run, then say --yes.",
        )
    for line in lines:
        click.echo(line, err=True)
    click.confirm("Forget this for good?", default=False, abort=True, err=True)


def _lines(target: Target, shown: Sequence[Document]) -> list[str]:
    """What would be forgotten, for a person to look at."""
    what = {
        "source": f"all that was collected from {target.source.place if target.source else ''}",
        "document": "this text with its versions",
        "message": "this received message",
        "phrase": f"all that contains {target.given!r}",
    }[target.kind]
    found = counts(len(target.documents), len(target.received))
    return [
        f"Would forget {what}: {found}, and what was drafted or learned from it.",
        *samples(target, shown),
    ]


def _would(target: Target, shown: Sequence[Document]) -> dict[str, object]:
    return {
        "dry_run": True,
        "what": target.kind,
        "documents": len(target.documents),
        "received": len(target.received),
        "samples": [{"document": d.id, "place": d.place, "text": beginning(d)} for d in shown],
    }


def _exported(store: Store, retired: Sequence[str]) -> list[str]:
    """Those of the retired adapters that once left this home."""
    lines = (line.facts for line in store.ledger.lines() if line.event == "exported")
    return sorted({str(facts.get("adapter")) for facts in lines} & set(retired))
