"""Saving a draft into the folder of drafts of one of the person's IMAP accounts.

Knows nothing of screens and commands.
"""

from dataclasses import dataclass

from microtune.drafts import Draft
from microtune.store import Store
from microtune.words import Source
from microtune_tui.outgoing import as_mail


@dataclass(frozen=True, slots=True)
class Saved:
    """Which draft was saved, and in which folder."""

    draft: str
    folder: str


def accounts_for(store: Store, draft: Draft) -> tuple[Source, ...]:
    """The accounts that a draft can be saved to; that of the message that it answers first.

    Each once, even if it is two sources.
    """
    answered = store.received.answered_by(draft.id)
    accounts = [source for source in store.sources.all() if source.kind == "imap"]
    accounts.sort(key=lambda source: not (answered and answered.source == source.id))
    return tuple({source.place: source for source in reversed(accounts)}.values())[::-1]


def save_to_imap(store: Store, draft: Draft, source: Source, text: str | None = None) -> Saved:
    """Save a draft, or what became of it as `text`, in the account's folder of drafts.

    It opens a connection and waits for the server. Raises `MicrotuneError` if it is not saved.
    """
    from microtune_collectors.imap_drafts import save_draft

    message = as_mail(draft, source.me, store.received.answered_by(draft.id), text)
    return Saved(draft.id, save_draft(source, message))
