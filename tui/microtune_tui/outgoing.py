"""A draft as a mail message that a mail program opens and sends. Nothing here sends anything.

Knows nothing of servers.
"""

import re
from collections.abc import Iterable, Sequence
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses, make_msgid

from microtune.drafts import Draft
from microtune.messages import Message

_ANSWER = re.compile(r"(?:re|aw|sv|antw|rif|odp|vs|re\[\d+\])\s*:", re.I)
_ID = re.compile(r"[!-;=?-~]{1,250}")  # what stands between brackets in a header


def as_mail(
    draft: Draft, me: Sequence[str], answered: Message | None = None, text: str | None = None
) -> bytes:
    """The draft with its headers: of an answer, where it answers a message that is kept.

    `me`: the person's addresses; the one that the message went to writes, or the first. `text`:
    what became of the draft's own, if it was edited.
    """
    mail = EmailMessage(policy=SMTP)
    sender = _sender(me, answered)
    if sender:
        mail["From"] = sender
    to, subject = _whereto(draft, answered)
    if to:
        mail["To"] = to
    if subject:
        mail["Subject"] = subject
    if answered:
        _thread(mail, answered)
    if draft.at:
        mail["Date"] = format_datetime(draft.at)
    mail["Message-ID"] = make_msgid(domain=sender.domain if sender else "localhost")
    mail.set_content(f"{(draft.text if text is None else text).strip()}\n")
    return mail.as_bytes()


def _sender(me: Sequence[str], answered: Message | None) -> Address | None:
    went_to = [address for address in me if answered and address in answered.to]
    return next(iter(_addresses([*went_to, *me])), None)


def _whereto(draft: Draft, answered: Message | None) -> tuple[list[Address], str]:
    """To whom, and about what. A name without an address is left for the person to complete."""
    if answered is None:
        asked = {name: str(draft.request.get(name, "")) for name in ("to", "subject")}
        is_answer = draft.command == "reply"
        subject = _one_line(asked["subject"])
        return _addresses([asked["to"]]), _re(subject) if is_answer else subject
    to = _addresses([answered.reply_to]) or _addresses([answered.name, answered.address])[:1]
    return to, _re(_one_line(answered.subject))


def _thread(mail: EmailMessage, answered: Message) -> None:
    ids = [id for id in (*answered.references, answered.message_id) if _ID.fullmatch(id)]
    if answered.message_id in ids:
        mail["In-Reply-To"] = f"<{answered.message_id}>"
    if ids:
        mail["References"] = " ".join(f"<{id}>" for id in ids)


def _re(subject: str) -> str:
    return subject if _ANSWER.match(subject) else f"Re: {subject}".strip()


def _addresses(entries: Iterable[str]) -> list[Address]:
    """Those that a header can hold, with their names."""
    found = []
    for name, address in getaddresses(map(_one_line, entries)):
        if not (address.isascii() and "@" in address):
            continue
        try:
            found.append(Address(name, addr_spec=address))
        except (ValueError, IndexError, MessageError):  # what stood there is no address after all
            continue
    return found


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
