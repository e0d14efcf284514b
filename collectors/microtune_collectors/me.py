"""Guesses the owner's addresses from their mail. Reads headers only, and few.

Sent mail tells by its senders, an inbox by its addressees.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from microtune.errors import MicrotuneError
from microtune.words import Skip
from microtune_collectors.apple_mail import box_of
from microtune_collectors.archive import Blocks
from microtune_collectors.eml import is_eml
from microtune_collectors.emlx import is_emlx
from microtune_collectors.emlx import parse as parse_emlx
from microtune_collectors.exclusions import labels
from microtune_collectors.headers import Headers, addresses, split
from microtune_collectors.maildir import boxes, is_maildir
from microtune_collectors.mbox_name import is_mbox
from microtune_collectors.mbox_split import split as split_mbox
from microtune_collectors.sent_mail import SENT as SENT
from microtune_collectors.sent_mail import is_sent_name
from microtune_collectors.takeout import raw_messages
from microtune_collectors.walk import files

MESSAGES = 3000  # headers that are looked at
LARGEST_HEADER = 64 << 10  # bytes
CLEAR = 0.5  # share of the messages that the owner's first address must have
ALSO = 0.2  # share from which a further address counts as the owner's too
PROGRAMS = ("noreply", "no-reply", "donotreply", "mailer-daemon", "notification", "postmaster")


def guess_me(path: Path, kind: str) -> tuple[str, ...]:
    """The addresses that most of the mail at `path` was sent from, the most frequent first.

    Raises `MicrotuneError` asking for `--me` where no sender stands out, as in an inbox.
    """
    senders: Counter[str] = Counter()
    sent: Counter[str] = Counter()  # senders of what is labelled as sent, in a whole account
    for headers in islice(_headers(path, kind), MESSAGES):
        for address in addresses(headers.get("from"))[:1]:
            senders[address] += 1
            if any(map(is_sent_name, labels(headers))):
                sent[address] += 1
    found = _dominant(sent or senders)
    if not found:
        raise _cannot_tell(path)
    return found


def guess_addressee(path: Path, kind: str) -> tuple[str, ...]:
    """The addresses that most of the mail in an inbox went to.

    Raises `MicrotuneError` asking for `--me` where none stands out.
    """
    addressees: Counter[str] = Counter()
    for headers in islice(_headers(path, kind, received=True), MESSAGES):
        addressees.update(addresses(headers.get("delivered-to") or headers.get("to"))[:1])
    found = _dominant(addressees)
    if not found:
        raise _cannot_tell(path)
    return found


def holds_mail(path: Path) -> bool:
    """Whether there is any mail below a folder."""
    return next(_mailboxes(path), None) is not None


def _cannot_tell(path: Path) -> MicrotuneError:
    return MicrotuneError(
        f"cannot tell which address in {path} is yours",
        "Say so with --me ADDRESS (once for each address that you write from).",
    )


def _dominant(senders: Counter[str]) -> tuple[str, ...]:
    people = {a: n for a, n in senders.most_common() if not any(p in a for p in PROGRAMS)}
    total = senders.total()
    mine = tuple(address for address, count in people.items() if count > ALSO * total)
    return mine if mine and people[mine[0]] >= CLEAR * total else ()


def _headers(path: Path, kind: str, received: bool = False) -> Iterator[Headers]:
    """Those of mailboxes named like sent mail, if there are any: an account holds others too.

    `received`: those of the others.
    """
    if kind == "takeout":
        yield from (split(raw.data.replace(b"\r\n", b"\n"))[0] for raw in raw_messages(path))
        return
    if kind == "mbox":
        mailboxes = [path]
    else:
        mailboxes = sorted(boxes(path)) if kind == "maildir" else list(_mailboxes(path))
        mailboxes = [box for box in mailboxes if _is_sent(box) != received] or mailboxes
    for box in mailboxes:
        yield from _headers_of(box)


def _is_sent(mailbox: Path) -> bool:
    if is_emlx(mailbox):
        return is_sent_name(box_of(mailbox))
    return is_sent_name((mailbox.parent if is_eml(mailbox) else mailbox).name)


def _mailboxes(path: Path) -> Iterator[Path]:
    """Every mbox, Maildir and .eml file below a folder, or the one that `path` is."""
    for file in files(path, is_maildir):
        if isinstance(file, Skip):
            continue
        if file.is_box:
            yield from boxes(file.path)
        elif is_eml(file.path) or is_mbox(file.path):
            yield file.path


def _headers_of(mailbox: Path) -> Iterator[Headers]:
    if mailbox.is_dir():
        for folder in filter(Path.is_dir, (mailbox / "cur", mailbox / "new")):
            for file in files(folder):
                if not isinstance(file, Skip):
                    yield from _headers_of_file(file.path)
    elif is_eml(mailbox):
        yield from _headers_of_file(mailbox)
    else:
        for raw in split_mbox(Blocks(mailbox), keep=LARGEST_HEADER):
            yield split(raw.data.replace(b"\r\n", b"\n"))[0]


def _headers_of_file(path: Path) -> Iterator[Headers]:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_HEADER)
            message = parse_emlx(data).message if is_emlx(path) else data
            yield split(message.replace(b"\r\n", b"\n"))[0]
    except OSError:
        return
