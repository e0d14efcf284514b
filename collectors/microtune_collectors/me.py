"""Guesses the owner's addresses from a mailbox of sent mail. Reads headers only, and few."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from microtune.errors import MicrotuneError
from microtune.words import Skip
from microtune_collectors.archive import Blocks
from microtune_collectors.eml import is_eml
from microtune_collectors.exclusions import labels
from microtune_collectors.headers import Headers, addresses, split
from microtune_collectors.maildir import boxes, is_maildir
from microtune_collectors.mbox_name import is_mbox
from microtune_collectors.mbox_split import split as split_mbox
from microtune_collectors.walk import files

MESSAGES = 3000  # headers that are looked at
LARGEST_HEADER = 64 << 10  # bytes
CLEAR = 0.5  # share of the messages that the owner's first address must have
ALSO = 0.2  # share from which a further address counts as the owner's too
SENT = ("sent", "gesendet", "envoyé", "enviado", "inviat")
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
            if any(label.lower().startswith(SENT) for label in labels(headers)):
                sent[address] += 1
    found = _dominant(sent or senders)
    if not found:
        raise MicrotuneError(
            f"cannot tell which address in {path} is yours",
            "Say so with --me ADDRESS (once for each address that you write from).",
        )
    return found


def holds_mail(path: Path) -> bool:
    """Whether there is any mail below a folder."""
    return next(_headers(path, "folder"), None) is not None


def _dominant(senders: Counter[str]) -> tuple[str, ...]:
    people = {a: n for a, n in senders.most_common() if not any(p in a for p in PROGRAMS)}
    total = senders.total()
    mine = tuple(address for address, count in people.items() if count > ALSO * total)
    return mine if mine and people[mine[0]] >= CLEAR * total else ()


def _headers(path: Path, kind: str) -> Iterator[Headers]:
    if kind == "mbox":
        yield from _headers_of_mbox(path)
    elif kind == "maildir":
        yield from _headers_of_maildir(path)
    else:
        yield from _headers_of_folder(path)


def _headers_of_folder(path: Path) -> Iterator[Headers]:
    for file in files(path, is_maildir):
        if isinstance(file, Skip):
            continue
        if file.is_box:
            yield from _headers_of_maildir(file.path)
        elif is_eml(file.path):
            yield from _headers_of_file(file.path)
        elif is_mbox(file.path):
            yield from _headers_of_mbox(file.path)


def _headers_of_mbox(path: Path) -> Iterator[Headers]:
    for raw in split_mbox(Blocks(path), keep=LARGEST_HEADER):
        yield split(raw.data.replace(b"\r\n", b"\n"))[0]


def _headers_of_maildir(path: Path) -> Iterator[Headers]:
    """Those of folders named like sent mail first: an account holds more mail of others."""
    folders = sorted(boxes(path), key=lambda box: not box.name.lower().strip(".").startswith(SENT))
    named = [box for box in folders if box.name.lower().strip(".").startswith(SENT)]
    for box in named or folders:
        for folder in (box / "cur", box / "new"):
            for file in files(folder):
                if not isinstance(file, Skip):
                    yield from _headers_of_file(file.path)


def _headers_of_file(path: Path) -> Iterator[Headers]:
    try:
        with path.open("rb") as file:
            yield split(file.read(LARGEST_HEADER).replace(b"\r\n", b"\n"))[0]
    except OSError:
        return
