"""Tells what kind of source a path is, and opens the collector for it.

The one place that knows every collector.
"""

from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from microtune.contracts import Collector
from microtune.errors import MicrotuneError
from microtune.words import Source
from microtune_collectors import readers
from microtune_collectors.apple_mail import AppleMailCollector, is_apple_mail
from microtune_collectors.browser import BrowserCollector
from microtune_collectors.eml import EmlCollector, is_eml
from microtune_collectors.export_kind import NO_MAIL, export_kind, require_named
from microtune_collectors.folder import FolderCollector
from microtune_collectors.guard import guarded
from microtune_collectors.ignore import Rules
from microtune_collectors.imap import ImapCollector, open_imap
from microtune_collectors.imap_account import is_imap
from microtune_collectors.maildir import MaildirCollector, is_maildir
from microtune_collectors.mastodon import MastodonCollector
from microtune_collectors.mbox import MboxCollector
from microtune_collectors.mbox_name import is_mbox, starts_as_mbox
from microtune_collectors.me import guess_addressee, guess_me, holds_mail
from microtune_collectors.signal_chats import SignalCollector
from microtune_collectors.slack import SlackCollector
from microtune_collectors.takeout import TakeoutCollector, holds_mailboxes
from microtune_collectors.twitter import TwitterCollector
from microtune_collectors.whatsapp import WhatsAppCollector

COLLECTORS: dict[str, Callable[[Source], Collector]] = {
    "folder": FolderCollector,
    "mbox": MboxCollector,
    "maildir": MaildirCollector,
    "eml": EmlCollector,
    "applemail": AppleMailCollector,
    "takeout": TakeoutCollector,
    "imap": ImapCollector,
    "mastodon": MastodonCollector,
    "twitter": TwitterCollector,
    "slack": SlackCollector,
    "whatsapp": WhatsAppCollector,
    "signal": SignalCollector,
    "browser": BrowserCollector,
}
# these look into folders, so they are told what not to open
WITH_RULES: dict[str, Callable[[Source, Rules], Collector]] = {
    "folder": FolderCollector,
    "maildir": MaildirCollector,
    "eml": EmlCollector,
    "applemail": AppleMailCollector,
}
KINDS = tuple(COLLECTORS)
INBOXES = ("folder", "mbox", "maildir", "eml", "applemail", "imap")  # also as context only
SAMPLE = 200  # files of a folder that are looked at to tell its kind


def open_source(
    place: str, kind: str | None = None, me: tuple[str, ...] = (), context: bool = False
) -> Source:
    """The source at a path or URL; if it is mail, with the owner's addresses guessed unless given.

    `context`: an inbox, to answer and not to train on. Raises `MicrotuneError` for what does not
    exist or cannot be read, for an unknown kind, and where the owner's address cannot be guessed.
    """
    mine = tuple(dict.fromkeys(address.strip().lower() for address in me if address.strip()))
    if kind == "imap" or is_imap(place):
        return open_imap(place, mine, context)
    path = _path(place)
    if kind is not None and kind not in COLLECTORS:
        raise MicrotuneError(
            f"there is no kind of source called {kind}", f"Choose one of {', '.join(KINDS)}."
        )
    kind = kind or kind_of(path)
    if (kind == "mbox" and path.is_dir()) or (kind == "maildir" and not path.is_dir()):
        raise MicrotuneError(f"{path} is no {kind}", "Leave out --kind to have it told for you.")
    require_named(path, kind, mine)
    if context and kind not in INBOXES:
        raise MicrotuneError(
            f"{path} is no inbox (it is of kind {kind})",
            "Name a mailbox: an mbox, a Maildir, .eml files, or an IMAP account.",
        )
    return Source(kind, str(path), mine or _guess(path, kind, context), context)


def open_collector(source: Source, exclusions: Sequence[str] = ()) -> Collector:
    """The collector for a source, held to its `.microtuneignore` files and to `exclusions`.

    `exclusions` are patterns for all sources. Raises `MicrotuneError` for a kind that there is
    no collector for.
    """
    try:
        collector = COLLECTORS[source.kind](source)
    except KeyError:
        raise MicrotuneError(
            f"{source.place} is of kind {source.kind}, which this version cannot read",
            "Install the version that added it, or remove it with `microtune sources remove`.",
        ) from None
    if "://" in source.place:  # not on this machine: there is no path to exclude
        return collector
    rules = Rules(Path(source.place), exclusions)
    if source.kind in WITH_RULES:
        collector = WITH_RULES[source.kind](source, rules)
    return guarded(collector, rules)


def kind_of(path: Path) -> str:
    """A key of `COLLECTORS`, never "browser", which has to be asked for.

    Raises `MicrotuneError` for anything else.
    """
    try:
        if found := export_kind(path):
            return found
        if path.is_dir():
            return _kind_of_folder(path)
        size = path.stat().st_size
    except FileNotFoundError:
        raise MicrotuneError(f"there is no {path}", "Check the path for a mistake.") from None
    except OSError as error:
        raise MicrotuneError(
            f"cannot read {path} ({error.strerror})", "Give yourself read access to it."
        ) from error
    if size == 0:
        raise MicrotuneError(f"{path} is empty", "Name a file or folder that holds your texts.")
    if is_eml(path):
        return "eml"
    if holds_mailboxes(path):
        return "takeout"
    if is_mbox(path) or (not readers.is_text(path) and starts_as_mbox(path)):
        return "mbox"
    if readers.is_text(path) and path.is_file():
        return "folder"
    known = ", ".join([*readers.READERS, ".eml", ".emlx", ".mbox", ".mbox.xz"])
    raise MicrotuneError(
        f"{path} is of a type that is not supported", f"Name a folder, or a file of: {known}."
    )


def _kind_of_folder(path: Path) -> str:
    if is_maildir(path):
        return "maildir"
    if is_apple_mail(path):
        return "applemail"
    sample = [entry for entry in islice(path.iterdir(), SAMPLE) if entry.is_file()]
    letters = sum(is_eml(entry) for entry in sample)
    return "eml" if letters * 2 > len(sample) else "folder"


def _path(place: str) -> Path:
    scheme, found, _ = place.partition("://")
    if found:
        raise MicrotuneError(
            f"{scheme}:// sources are not supported",
            "Name a folder or a mailbox on this machine.",
        )
    return Path(place).expanduser().absolute()


def _guess(path: Path, kind: str, context: bool) -> tuple[str, ...]:
    """The owner's addresses; a folder that also holds texts may do without."""
    if context:
        return guess_addressee(path, kind)
    if kind in NO_MAIL:
        return ()
    if kind != "folder":
        return guess_me(path, kind)
    if path.is_file() or not holds_mail(path):
        return ()
    try:
        return guess_me(path, kind)
    except MicrotuneError:
        if any(readers.is_text(file) for file in path.rglob("*")):
            return ()
        raise
