"""`microtune sources`: which places may be read."""

import click

from microtune.words import Source
from microtune_collectors.registry import open_source
from microtune_tui import accounts
from microtune_tui.commands.discover import discover
from microtune_tui.commands.exclude import exclude
from microtune_tui.commands.preview import kind_option, preview
from microtune_tui.options import common, example, home
from microtune_tui.output import Output
from microtune_tui.places import as_added
from microtune_tui.wiring import Wiring

ME_HELP = "Your mail address, or your name in a chat; may be repeated."


@click.group(epilog=example("microtune sources add ~/letters", "microtune sources list"))
@home
def sources() -> None:
    """Say which places microtune may read."""


sources.add_command(discover)
sources.add_command(preview)
sources.add_command(exclude)


@sources.command(epilog=example("microtune sources add ~/Mail/Sent.mbox --me ana@example.org"))
@click.argument("place", metavar="PATH|URL")
@kind_option
@click.option("--me", multiple=True, metavar="ADDRESS", help=ME_HELP)
@click.option("--password-stdin", is_flag=True, help="Read the password of an IMAP account.")
@common
def add(
    wiring: Wiring,
    output: Output,
    place: str,
    kind: str | None,
    me: tuple[str, ...],
    password_stdin: bool,
) -> None:
    """Let microtune read a folder, mailbox or IMAP account.

    An account is written imaps://you@host@server. It trains on what you wrote there. Of mail only
    what was sent from your addresses is read.
    """
    source = open_source(place, kind, me)
    folders = accounts.sign_in(source, password_stdin) if source.kind == accounts.KIND else ()
    consent = _consent(source)
    with wiring.store() as store:
        store.sources.add(source, consent)
    facts = {**_facts(source), **({"folders": list(folders)} if folders else {})}
    output.result(facts, *_added(source, bool(me), folders), "Next: microtune collect")


@sources.command(name="list", epilog=example("microtune sources list"))
@common
def list_(wiring: Wiring, output: Output) -> None:
    """Show the places that microtune may read."""
    with wiring.store() as store:
        known = store.sources.all()
    lines = [f"{s.id}  {s.kind:8} {s.place}  {' '.join(s.me)}".rstrip() for s in known]
    output.result(
        {"sources": [_facts(s) for s in known]},
        *(lines or ["No sources yet. Add one with `microtune sources add PATH`."]),
    )


@sources.command(epilog=example("microtune sources remove ~/Mail/Sent.mbox"))
@click.argument("place", metavar="PATH|ID")
@common
def remove(wiring: Wiring, output: Output, place: str) -> None:
    """Take a place off the list again.

    It is read no more, and its texts leave training and retrieval.
    """
    with wiring.store() as store:
        source = store.sources.remove(as_added(place, store.sources.all()))
        others = store.sources.all()
    accounts.sign_out(source, others, output.notice)
    output.result({**_facts(source), "removed": True}, f"Removed {source.place}.")


def _added(source: Source, named: bool, folders: tuple[str, ...]) -> list[str]:
    """What `add` says; `named`: the person gave their addresses."""
    lines = [f"Added {source.place} ({source.kind})."]
    if source.me:
        whence = "the login" if folders else "the most frequent sender"
        guessed = "" if named else f", guessed from {whence} (--me corrects it)"
        lines.append(f"Your addresses there: {', '.join(source.me)}{guessed}.")
    if folders:
        lines.append(f"Folders: {', '.join(folders)}. The password is in the system's keyring.")
    return lines


def _consent(source: Source) -> str:
    """What the owner agrees to, as the ledger keeps it."""
    if source.kind == "browser":
        return f"Read titles and hosts of the pages in {source.place}; never train on them."
    return f"Read {source.place} and train on what its owner wrote there."


def _facts(source: Source) -> dict[str, object]:
    return {
        "id": source.id,
        "source": source.place,
        "kind": source.kind,
        "me": list(source.me),
    }
