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
from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.places import as_added
from microtune_tui.wiring import Wiring

SHOWN = 10  # texts before the question
BEGINNING = 60  # characters of each

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
            shown = _sample(store, target)
            output.result(_would(target, shown), *_lines(target, shown))
        else:
            if not yes:
                _ask(_lines(target, _sample(store, target)))
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
        "adapters": list(retired),
        "exported": exported,
        "source": done.source.place if done and done.source else None,
    }
    output.result(facts, *_outcome(done, retired, exported))


def _outcome(done: Forgotten | None, retired: Sequence[str], exported: Sequence[str]) -> list[str]:
    counts = _counts(done.documents, done.received, done.drafts) if done else ""
    lines = [f"Forgotten: {counts}." if done else "What was cut off is ended now."]
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
    count = len(target.documents)
    more = [f"  … and {count - len(shown)} more"] if count > len(shown) else []
    counts = _counts(count, len(target.received))
    return [
        f"Would forget {what}: {counts}, and what was drafted or learned from it.",
        *(f"  {d.id[:12]}  {_day(d)}  {_beginning(d)}" for d in shown),
        *more,
    ]


def _would(target: Target, shown: Sequence[Document]) -> dict[str, object]:
    return {
        "dry_run": True,
        "what": target.kind,
        "documents": len(target.documents),
        "received": len(target.received),
        "samples": [{"document": d.id, "place": d.place, "text": _beginning(d)} for d in shown],
    }


def _sample(store: Store, target: Target) -> list[Document]:
    return [store.documents.get(id) for id in target.documents[:SHOWN]]


def _day(document: Document) -> str:
    return f"{document.written:%Y-%m-%d}" if document.written else "undated   "


def _beginning(document: Document) -> str:
    text = " ".join(f"{document.subject} {document.text}".split())
    return text if len(text) <= BEGINNING else f"{text[: BEGINNING - 1]}…"


def _counts(texts: int, messages: int, drafts: int | None = None) -> str:
    """What there is of each; received messages are named where there are any."""
    counts = [_count(texts, "text")] if texts or not messages else []
    counts += [_count(messages, "received message")] if messages else []
    counts += [_count(drafts, "draft")] if drafts is not None else []
    return f"{', '.join(counts[:-1])} and {counts[-1]}" if len(counts) > 1 else counts[0]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _exported(store: Store, retired: Sequence[str]) -> list[str]:
    """Those of the retired adapters that once left this home."""
    lines = (line.facts for line in store.ledger.lines() if line.event == "exported")
    return sorted({str(facts.get("adapter")) for facts in lines} & set(retired))
