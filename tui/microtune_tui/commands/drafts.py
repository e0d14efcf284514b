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
    """Hand drafts to your mail program; say how good they are."""


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


@drafts.command(epilog=example("microtune drafts judge 3f2a9c81 --accepted sent.txt"))
@click.argument("draft", metavar="DRAFT")
@click.option("--accepted", metavar="FILE|-", help="The text as you took it, changed or not.")
@click.option("--rejected", is_flag=True, help="It is not like you.")
@click.option("--over", metavar="DRAFT", help="It is better than this draft of the same request.")
@common
def judge(
    wiring: Wiring,
    output: Output,
    draft: str,
    accepted: str | None,
    rejected: bool,
    over: str | None,
) -> None:
    """Say what became of a draft, for a later run to learn from.

    The assistant notes the same by itself. It stays in the home; `microtune forget` finds it.
    """
    from microtune_tui.verdict_given import judged

    if sum((accepted is not None, rejected, over is not None)) != 1:
        raise click.UsageError("Say one of --accepted, --rejected and --over.")
    with wiring.store() as store:
        verdict = judged(wiring.home, store, draft, accepted, over)
    output.result(
        {"draft": verdict.draft, "verdict": verdict.what, "over": verdict.over},
        f"Noted: {verdict.draft} is {verdict.what}{' over ' * bool(verdict.over)}{verdict.over}.",
    )
