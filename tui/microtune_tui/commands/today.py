"""`microtune today`: the messages in your inboxes that wait for an answer."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from microtune.errors import Interrupted
from microtune_tui.options import common, example
from microtune_tui.output import Output
from microtune_tui.wiring import Wiring

if TYPE_CHECKING:
    from microtune.today import Entry, Today

SHOWN = 10
NO_INBOX = (
    "No inbox is read. Have one read, to be answered and never trained on:",
    "  microtune sources add PATH|URL --context",
)


@click.group(invoke_without_command=True, epilog=example("microtune today --limit 5"))
@click.option("--limit", type=click.IntRange(1, 500), default=SHOWN, show_default=True)
@common
def today(wiring: Wiring, output: Output, limit: int) -> None:
    """Show which received messages wait for an answer, and why.

    From sources that were added with --context. A draft may have been prepared while the machine
    was idle; `microtune reply ID` makes another.
    """
    if click.get_current_context().invoked_subcommand:
        return
    from microtune import today as looking

    with wiring.store() as store:
        seen = looking.look(store, datetime.now(UTC), limit)
    output.result(_facts(seen), *_lines(seen))


@today.command(epilog=example("microtune today dismiss 3f2a9c81"))
@click.argument("message", metavar="ID")
@common
def dismiss(wiring: Wiring, output: Output, message: str) -> None:
    """Take a message off the list: it needs no answer."""
    from microtune import today as looking

    with wiring.store() as store:
        done = looking.dismiss(store, message)
    output.result(
        {"id": done.id, "subject": done.subject, "dismissed": True},
        f"Dismissed: {done.name}: {done.subject}.",
    )


@today.command(epilog=example("microtune today prepare"))
@common
def prepare(wiring: Wiring, output: Output) -> None:
    """Draft answers to the first messages that wait.

    The daemon does so by itself while the machine is idle. No message gets a second one by the
    same adapter.
    """
    from microtune_adapters.drafting import Drafter
    from microtune_tui import answering
    from microtune_tui.signals import stop_on_signals

    with stop_on_signals() as stop, wiring.store() as store, wiring.serving() as engine:
        drafter = Drafter(engine, wiring.library, store.retrieval)
        made = answering.prepare(drafter, store, datetime.now(UTC), stop)
        stopped = stop()
    facts = {"prepared": len(made), "drafts": [draft.id for draft in made]}
    output.result(facts, f"{len(made)} draft{'' if len(made) == 1 else 's'} prepared.")
    if stopped:
        raise Interrupted("preparing drafts was interrupted", "Run the same command to go on.")


def _facts(seen: "Today") -> dict[str, Any]:
    return {
        "waiting": [_entry(entry) for entry in seen.entries],
        "total": seen.total,
        "kept": seen.kept,
        "inboxes": seen.inboxes,
    }


def _entry(entry: "Entry") -> dict[str, Any]:
    message, draft = entry.message, entry.draft
    return {
        "id": message.id,
        "from": message.name,
        "address": message.address,
        "subject": message.subject,
        "written": message.written.isoformat(),
        "text": message.text,
        "question": entry.waiting.question,
        "known": entry.waiting.knows,
        "why": entry.waiting.why,
        "draft": {"draft": draft.id, "text": draft.text, "adapter": draft.adapter}
        if draft
        else None,
    }


def _lines(seen: "Today") -> list[str]:
    if not seen.inboxes:
        return list(NO_INBOX)
    if not seen.entries:
        return [f"No message waits for an answer ({seen.kept} received are kept)."]
    lines = [line for entry in seen.entries for line in _of_entry(entry)]
    more = seen.total - len(seen.entries)
    return [*lines, *([f"… and {more} more (--limit)."] if more else [])]


def _of_entry(entry: "Entry") -> list[str]:
    message = entry.message
    subject = message.subject or "(no subject)"
    drafted = [f"    A draft is ready: {entry.draft.id}."] if entry.draft else []
    return [f"{message.id[:8]}  {message.name}: {subject}", f"    {entry.waiting.why}", *drafted]
