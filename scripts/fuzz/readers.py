"""Every reader, and curation, as a function of bytes: what a fuzzer calls. Knows no fuzzer.

Each runs one reader as the collectors do, and raises `Breach`, or whatever escaped the reader,
where its contract does not hold: texts or a reason, and no other exception than the documented.
"""

import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path, PurePath

from fuzz.seed_documents import PARTS
from fuzz.zips import faulty
from microtune.curation.curator import Curator
from microtune.errors import MicrotuneError
from microtune.messages import Message
from microtune.receiving import message_of
from microtune.waiting import waiting
from microtune.words import Found, Incoming, Mark, Own, Skip, Source
from microtune_collectors import dates, headers, mbox_split
from microtune_collectors.emlx import parse
from microtune_collectors.mbox import read_raw
from microtune_collectors.message import Mailbox, read_message
from microtune_collectors.readers import Text, Unreadable, read
from microtune_collectors.received import read_received
from microtune_collectors.registry import open_collector

ME = "ann@example.org"
MAILBOX = Mailbox("box", frozenset({ME}), datetime(2026, 1, 1, tzinfo=UTC))
INBOX = replace(MAILBOX, context=True)

Reader = Callable[[bytes], None]


class Breach(AssertionError):
    """A reader yielded what nothing behind it can keep."""


def whole(item: Found | Skip | Mark | Own | Text | Message) -> None:
    """Raises `Breach` unless all texts in it can be stored and its date can be told in UTC."""
    for name in (field.name for field in fields(item)):
        value = getattr(item, name)
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, datetime):
                _date(text)
            elif isinstance(text, str):
                _text(f"{type(item).__name__}.{name}", text)


def _text(name: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Breach(f"{name} holds a lone surrogate") from error
    if "\0" in text:
        raise Breach(f"{name} holds NUL")


def _date(moment: datetime) -> None:
    if moment.utcoffset() is None:
        raise Breach("a date without a zone")
    with suppress(OverflowError):  # in the year 1 or 9999; the store keeps dates as they are
        moment.astimezone(UTC)


def mail(data: bytes) -> None:
    """One message, whole or only its beginning, and as it is kept of an inbox."""
    for is_whole in (True, False):
        whole(read_message(data, MAILBOX, whole=is_whole))
    item = read_message(data, INBOX)
    whole(item)
    if isinstance(item, Incoming):
        kept = message_of("source", item, INBOX.now)
        whole(kept)
        if isinstance(kept, Message):
            waiting([kept], {ME}, (), INBOX.now)


def mbox(data: bytes) -> None:
    """A stream in blocks of an uneven size; what is yielded lies in order and does not overlap."""
    end = 0
    for raw in mbox_split.split(iter(_blocks(data)), keep=64 << 10):
        if not end <= raw.offset < raw.end <= len(data):
            raise Breach(f"a message at {raw.offset} to {raw.end} of {len(data)}, after {end}")
        end = raw.end
        whole(read_raw(raw, MAILBOX))


def _blocks(data: bytes, size: int = 9973) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def emlx(data: bytes) -> None:
    """A message of Apple Mail, with its count and its property list."""
    found = parse(data)
    _ = found.against
    whole(read_message(found.message, MAILBOX, whole=found.whole))


def received(data: bytes) -> None:
    """A message that somebody sent to the person."""
    found = read_received(data)
    for text in (found.text, found.sender, found.subject):
        _text("Received", text)


def header(data: bytes) -> None:
    """One header field's value, read as each of those that have a form of their own."""
    parsed = headers.Headers.parse(b"X: " + data)
    value = parsed.get("x")
    for text in (*headers.addresses(value), *headers.people(value), parsed.text("x")):
        _text("header", text)
    headers.value_and_parameters(value)
    if moment := dates.from_mail(value):
        _date(moment)


def document(suffix: str) -> Reader:
    """A file of this extension."""

    def run(data: bytes) -> None:
        with suppress(Unreadable):
            whole(read(PurePath(f"x{suffix}"), data))

    return run


def packed(suffix: str, part: str) -> Reader:
    """A zip whose `part` these bytes are: mutated from outside, all would end at its checksum."""

    def run(data: bytes) -> None:
        document(suffix)(pack({part: data}, base=SKELETONS[suffix]))

    return run


def zipped(suffix: str) -> Reader:
    """A valid document of this extension, with the faults in its zip that these bytes say."""

    def run(data: bytes) -> None:
        document(suffix)(faulty(SKELETONS[suffix] | PARTS[suffix], data))

    return run


def curated(kind: str) -> Reader:
    """A text as a collector may hand it on: its first line is the subject, the second one what it
    answers. What is admitted can be stored, and is admitted again as it is.
    """

    def run(data: bytes) -> None:
        subject, _, rest = data.decode("utf-8", "surrogateescape").partition("\n")
        answered, _, text = rest.partition("\n")
        admit = Curator().admit
        taken = admit(Found("place", text, kind, subject=subject, answered=answered))
        whole(taken)
        if isinstance(taken, Own) and admit(Found("place", taken.text, kind)) != Own(taken.text):
            raise Breach("what was admitted is not admitted again as it is")

    return run


SKELETONS: dict[str, dict[str, bytes]] = {
    ".odt": {"mimetype": b"application/vnd.oasis.opendocument.text"},
    ".docx": {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        b'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        b'package.relationships+xml"/><Override PartName="/word/document.xml" ContentType='
        b'"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
        b"</Types>",
        "_rels/.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        b'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
        b'officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
        b"</Relationships>",
    },
}


def pack(parts: dict[str, bytes], base: dict[str, bytes]) -> bytes:
    """A zip of these parts."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in {**base, **parts}.items():
            archive.writestr(name, content)
    return data.getvalue()


def export(kind: str, name: str, me: tuple[str, ...] = ()) -> Reader:
    """One file of an export, of this name, read through its collector."""

    def run(data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            _put(Path(folder), name, data)
            _collect(Source(kind, folder, me))

    return run


def slack(data: bytes) -> None:
    """A Slack export, its files under their names in one JSON object (bytes if it is none)."""
    try:
        files = json.loads(data)
    except (ValueError, RecursionError):
        files = None
    if not isinstance(files, dict):
        files = {"users": [{"id": "U1", "name": "ann"}], "day": None}
    with tempfile.TemporaryDirectory() as folder:
        for key, name in (("users", "users.json"), ("dms", "dms.json"), ("day", "c/2024.json")):
            raw = json.dumps(files[key]).encode() if files.get(key) is not None else data
            _put(Path(folder), name, raw)
        _collect(Source("slack", folder, ("ann",)))


def _put(folder: Path, name: str, data: bytes) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(data)


def _collect(source: Source) -> None:
    with suppress(MicrotuneError):
        _all_whole(open_collector(source).collect({}))


def _all_whole(items: Iterable[Found | Skip | Mark]) -> None:
    for item in items:
        whole(item)


READERS: dict[str, Reader] = {
    "mail": mail,
    "mbox": mbox,
    "emlx": emlx,
    "received": received,
    "header": header,
    **{suffix[1:]: document(suffix) for suffix in (".md", ".org", ".html", ".txt")},
    **{suffix[1:]: document(suffix) for suffix in (".tex", ".rtf", ".pdf", ".docx", ".odt")},
    "docx-body": packed(".docx", "word/document.xml"),
    "odt-body": packed(".odt", "content.xml"),
    "docx-zip": zipped(".docx"),
    "odt-zip": zipped(".odt"),
    "whatsapp": export("whatsapp", "chat.txt", ("ann",)),
    "twitter": export("twitter", "data/tweets.js"),
    "mastodon": export("mastodon", "outbox.json"),
    "signal": export("signal", "main.jsonl"),
    "slack": slack,
    "curated-mail": curated("mail"),
    "curated-text": curated("text"),
}
