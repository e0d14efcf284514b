"""The words of the design as frozen values. They know nothing of storage, time of day or files."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

INTEREST = "interest"  # the kind of what the person read, not wrote: found, but never trained on


def content_id(text: str) -> str:
    """The id of a text: the SHA-256 of its UTF-8 bytes, as 64 hex digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Source:
    """A place its owner consented to. `me` holds the owner's names there, lower case:
    mail addresses, or what a chat calls them.

    `context`: an inbox, whose messages are kept for a while to be answered, and never trained on.
    The same place can be both, as two sources with a consent each.
    """

    kind: str  # "folder", "mbox", "maildir" or "eml"
    place: str  # absolute path
    me: tuple[str, ...] = ()
    context: bool = False

    @property
    def id(self) -> str:
        """Twelve hex digits, the same for the same kind, place and use."""
        use = "\0context" if self.context else ""
        return content_id(f"{self.kind}\0{self.place}{use}")[:12]


@dataclass(frozen=True, slots=True)
class Found:
    """A text as a collector read it, before curation.

    `place` names it within its source and stays the same when the text is edited: a relative
    path, or a mailbox and a Message-ID. `text` is plain text; quotes and signatures are still in.
    """

    place: str
    text: str
    kind: str = "text"  # "mail", "text", "post", "chat" or INTEREST
    author: str = ""
    written: datetime | None = None  # always timezone-aware
    recipients: tuple[str, ...] = ()
    subject: str = ""
    labels: tuple[str, ...] = ()
    answered: str = ""  # where the source tells it apart; of a mail, curation finds it in `text`
    answers: tuple[str, ...] = ()  # Message-IDs of what a mail answers


@dataclass(frozen=True, slots=True)
class Incoming(Found):
    """A message that somebody sent to the person, in a source that is context only.

    `author`, `recipients` and `reply_to` are as its header names them, `address` and `to` are in
    lower case. `bulk`: why nobody waits for an answer ("a mailing list"), "" where somebody may.
    """

    message_id: str = ""
    address: str = ""
    reply_to: str = ""  # where answers go, if elsewhere
    to: tuple[str, ...] = ()
    bulk: str = ""
    is_answered: bool = False  # as a mail program marked it


@dataclass(frozen=True, slots=True)
class Skip:
    """A thing that was read or tried and not taken, and why (a short reason, counted)."""

    place: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Excluded(Skip):
    """A place that its owner excluded: what was kept of it and from below it leaves training.

    The place "" is all of the source.
    """

    reason: str = "excluded"


@dataclass(frozen=True, slots=True)
class Answers(Skip):
    """A message of which only those count that it answers: what the person sent, in an inbox.

    Without a reason it is not counted as skipped: what is seen anew in every pass.
    """

    reason: str = "sent by you"
    answers: tuple[str, ...] = ()
    written: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Everything yielded so far at `place` is complete; `mark` lets the next pass start here."""

    place: str
    mark: str


@dataclass(frozen=True, slots=True)
class Own:
    """What curation kept of a `Found`: the person's own words, and the message they answered."""

    text: str
    answered: str = ""  # text of the message answered, "" where there is none
    masked: int = 0  # how many secrets were masked in `text`


@dataclass(frozen=True, slots=True)
class Document:
    """One text that the person wrote, or read (INTEREST). Its id is the hash of its text."""

    text: str
    kind: str
    source: str  # Source.id
    place: str
    author: str = ""
    written: datetime | None = None
    recipients: tuple[str, ...] = ()
    subject: str = ""
    answered: str = ""
    labels: tuple[str, ...] = ()
    id: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", content_id(self.text))

    @property
    def words(self) -> int:
        return len(self.text.split())


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document (a paragraph or a few), as retrieval returns it."""

    document: str
    position: int
    text: str
    score: float = 0.0  # BM25, higher is nearer
