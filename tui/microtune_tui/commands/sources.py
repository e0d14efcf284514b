"""`microtune sources`: which places may be read."""

import click

from microtune.errors import MicrotuneError
from microtune.store import Store
from microtune.words import Source
from microtune_collectors.registry import open_source
from microtune_tui import accounts, consent
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
@click.option("--context", is_flag=True, help="An inbox to be answered, never trained on.")
@click.option("--password-stdin", is_flag=True, help="Read the password of an IMAP account.")
@common
def add(
    wiring: Wiring,
    output: Output,
    place: str,
    kind: str | None,
    me: tuple[str, ...],
    context: bool,
    password_stdin: bool,
) -> None:
    """Let microtune read a folder, mailbox or IMAP account.

    An account is written imaps://you@host@server. It trains on what you wrote there. Of mail only
    what was sent from your addresses is read. With --context it is the other way round: messages
    that others sent you are kept for 60 days, to be shown and answered, and nothing trains on them.
    """
    with wiring.store() as store:
        mine = consent.own_addresses(store) if context else ()
    source = consent.inbox(place, kind, me, mine) if context else open_source(place, kind, me)
    folders = accounts.sign_in(source, password_stdin) if source.kind == accounts.KIND else ()
    with wiring.store() as store:
        consent.give(store, source)
    facts = {**_facts(source), **({"folders": list(folders)} if folders else {})}
    said = _added(source, bool(me), folders)
    output.result(facts, *said, "Next: microtune collect")


@sources.command(name="list", epilog=example("microtune sources list"))
@common
def list_(wiring: Wiring, output: Output) -> None:
    """Show the places that microtune may read."""
    with wiring.store() as store:
        known, paused = store.sources.all(), store.sources.paused()
    lines = [_line(source) + "  (paused)" * (source.id in paused) for source in known]
    output.result(
        {"sources": [{**_facts(s), "paused": s.id in paused} for s in known]},
        *(lines or ["No sources yet. Add one with `microtune sources add PATH`."]),
    )


@sources.command(epilog=example("microtune sources remove ~/Mail/Sent.mbox"))
@click.argument("place", metavar="PATH|ID")
@common
def remove(wiring: Wiring, output: Output, place: str) -> None:
    """Take a place off the list again.

    It is read no more, and its texts leave training and retrieval. Others' messages from an inbox
    are erased.
    """
    with wiring.store() as store:
        source = store.sources.remove(as_added(place, store.sources.all()))
        others = store.sources.all()
        if source.context:
            _scrub(store, output)
    accounts.sign_out(source, others, output.notice)
    output.result({**_facts(source), "removed": True}, f"Removed {source.place}.")


@sources.command(epilog=example("microtune sources pause ~/notes"))
@click.argument("place", metavar="PATH|ID")
@common
def pause(wiring: Wiring, output: Output, place: str) -> None:
    """Have a place not read until `resume`; its texts stay in use."""
    with wiring.store() as store:
        source = store.sources.pause(as_added(place, store.sources.all()))
    output.result({**_facts(source), "paused": True}, f"Paused {source.place}; its texts stay.")


@sources.command(epilog=example("microtune sources resume ~/notes"))
@click.argument("place", metavar="PATH|ID")
@common
def resume(wiring: Wiring, output: Output, place: str) -> None:
    """Have a paused place read again, from where it was."""
    with wiring.store() as store:
        source = store.sources.resume(as_added(place, store.sources.all()))
    output.result({**_facts(source), "paused": False}, f"{source.place} is read again.")


def _added(source: Source, named: bool, folders: tuple[str, ...]) -> list[str]:
    """What `add` says; `named`: the person gave their addresses."""
    use = ", to be answered and never trained on" if source.context else ""
    lines = [f"Added {source.place} ({source.kind}){use}."]
    if source.me:
        frequent = f"the most frequent {'addressee' if source.context else 'sender'}"
        whence = "the login" if folders else frequent
        guessed = "" if named else f", guessed from {whence} (--me corrects it)"
        lines.append(f"Your addresses there: {', '.join(source.me)}{guessed}.")
    if folders:
        lines.append(f"Folders: {', '.join(folders)}. The password is in the system's keyring.")
    return lines


def _facts(source: Source) -> dict[str, object]:
    return {
        "id": source.id,
        "source": source.place,
        "kind": source.kind,
        "me": list(source.me),
        "context": source.context,
    }


def _line(source: Source) -> str:
    use = "  (context only)" if source.context else ""
    return f"{source.id}  {source.kind:8} {source.place}  {' '.join(source.me)}".rstrip() + use


def _scrub(store: Store, output: Output) -> None:
    """Leave no byte of what was erased behind."""
    try:
        store.scrub()
    except MicrotuneError as error:
        output.notice(f"traces of it go when the database is next written: {error}")
