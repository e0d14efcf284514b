"""`microtune drafts`: what becomes of drafts outside of microtune."""

import click

from microtune_tui.options import common, example, home
from microtune_tui.output import Output
from microtune_tui.places import as_added
from microtune_tui.wiring import Wiring


@click.group(
    epilog=example("microtune drafts save 3f2a9c81 --to-imap imaps://you@example.org@host")
)
@home
def drafts() -> None:
    """Hand drafts over to your mail program."""


@drafts.command(epilog=example("microtune drafts save 3f2a9c81 --to-imap 5d0c1e"))
@click.argument("draft", metavar="DRAFT")
@click.option(
    "--to-imap",
    "account",
    required=True,
    metavar="SOURCE",
    help="The account, by its URL or id in `microtune sources list`.",
)
@common
def save(wiring: Wiring, output: Output, draft: str, account: str) -> None:
    """Put a draft into the folder of drafts of an IMAP account.

    An answer to a received message becomes one there too: its thread, subject and addressee are
    set. Nothing is sent.
    """
    from microtune_tui.saving import save_to_imap

    with wiring.store() as store:
        source = store.sources.find(as_added(account, store.sources.all()))
        saved = save_to_imap(store, store.drafts.get(draft), source)
    output.result(
        {"draft": saved.draft, "folder": saved.folder, "source": source.place},
        f"Saved in {saved.folder}. Open it in your mail program to send it.",
    )
