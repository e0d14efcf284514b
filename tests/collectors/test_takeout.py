"""Gmail Takeout: archives read where they lie, and what labels say of a message."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from email.header import Header
from pathlib import Path

import pytest
from collector_contract import CollectorContract, World, gather
from hypothesis import example, given
from hypothesis import strategies as st
from letters import ME, from_line, mail

from microtune.contracts import Collector
from microtune.errors import MicrotuneError
from microtune.words import Found, Skip, Source
from microtune_collectors import archive, takeout
from microtune_collectors.message import Mailbox, read_message
from microtune_collectors.registry import open_collector, open_source

ALL_MAIL = "Takeout/Mail/All mail Including Spam and Trash.mbox"


def letter(name: str, text: str, labels: str = "Sent,Opened", sender: str = ME) -> bytes:
    message = mail(name, text, sender)
    message["X-Gmail-Labels"] = labels
    return message.as_bytes()


def write_zip(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)


def write_tgz(path: Path, files: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:gz") as packed:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            packed.addfile(entry, io.BytesIO(data))


WRITERS: dict[str, Callable[[Path, dict[str, bytes]], None]] = {
    ".zip": write_zip,
    ".tgz": write_tgz,
    ".tar.gz": write_tgz,
}


class TakeoutWorld(World):
    suffix = ".zip"

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.path = root / f"takeout-20260101T000000Z-001{self.suffix}"
        self.messages: dict[str, bytes] = {}

    def collector(self) -> Collector:
        return open_collector(Source("takeout", str(self.path), (ME,)))

    def put(self, name: str, text: str) -> None:
        self.messages[name] = letter(name, text)
        self._write()

    def spoil(self, name: str) -> None:
        self.messages = {name: b"\xff\xfe: \x00 no message at all\n", **self.messages}
        self._write()

    def _write(self) -> None:
        box = b"".join(map(from_line, self.messages.values()))
        files = {"Takeout/archive_browser.html": b"<html>", ALL_MAIL: box}
        WRITERS[self.suffix](self.path, files)


class TakeoutContract(CollectorContract):
    """An archive that changes is read anew: it is another download."""

    def test_a_new_item_is_found_alone(self, filled: World) -> None:
        first = gather(filled.collector().collect({}))
        filled.put("four", "A letter more.")
        second = gather(filled.collector().collect(first.marks))
        assert second.texts == first.texts | {"A letter more."}


class TestZip(TakeoutContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> World:
        return TakeoutWorld(tmp_path)


class TestTgzMarkedAfterEveryMessage(TakeoutContract):
    @pytest.fixture
    def world(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
        monkeypatch.setattr(takeout, "MARK_EVERY", 1)

        class Tgz(TakeoutWorld):
            suffix = ".tgz"

        return Tgz(tmp_path)


@pytest.mark.parametrize("suffix", WRITERS)
def test_the_sent_mail_of_an_archive_is_read_in_place(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "downloads" / f"takeout{suffix}"
    path.parent.mkdir()
    letters = (
        letter("sent", "A letter sent.", "Sent,Important,Friends"),
        letter("draft", "Half a letter.", "Drafts"),
        letter("chat", "hi there", "Chat"),
        letter("spam", "Buy this.", "Spam", "shop@example.com"),
        letter("inbox", "A letter to me.", "Inbox,Unread", "Ben <ben@example.com>"),
        letter("thrown", "Thrown away.", "Sent,Trash"),
        letter("list", "Back from a mailing list.", "Inbox"),
    )
    spam = from_line(letter("s", "Bought."))
    box = b"".join(map(from_line, letters))
    WRITERS[suffix](path, {"Takeout/Mail/Spam.mbox": spam, ALL_MAIL: box})
    source = open_source(str(path))
    assert (source.kind, source.me) == ("takeout", (ME,))
    result = gather(open_collector(source).collect({}))
    assert [(found.text.strip(), found.labels) for found in result.found] == [
        ("A letter sent.", ("Sent", "Important", "Friends"))
    ]
    assert result.reasons == {
        "machine-made", "chat", "not written by you", "deleted", "not labelled as sent"
    }  # fmt: skip
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("labels", "is_sent"),
    [
        ("Gesendet,Wichtig", True),
        ("Messages envoyés", True),
        ("Отправленные", True),
        ("送信済みメール", True),
        ("Posta inviata,Aperti", True),
        ("Archivé,Brouillons", False),
        ("Sentry", False),
        ("", False),
    ],
)
def test_labels_in_the_language_of_the_account(labels: str, is_sent: bool) -> None:
    coded = Header(labels, "utf-8").encode()
    item = read_message(letter("one", "A letter.", coded), Mailbox.of("box", (ME,)))
    assert isinstance(item, Found) == is_sent


@given(labels=st.text(st.characters(codec="utf-8"), max_size=60), data=st.binary(max_size=60))
def test_any_labels_are_read(labels: str, data: bytes) -> None:
    head, _, body = letter("one", "A letter.", "LABELS").partition(b"LABELS")
    for value in (labels.encode(), data, Header(labels, "utf-8").encode().encode()):
        item = read_message(head + value + body, Mailbox.of("box", (ME,)))
        assert isinstance(item, Found | Skip)


@pytest.mark.parametrize("suffix", [".zip", ".tgz"])
def test_a_zip_bomb_is_refused(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "HARMLESS", 1 << 20)
    path = tmp_path / f"takeout{suffix}"
    WRITERS[suffix](path, {ALL_MAIL: from_line(letter("one", "a")) + b"\n" * (6 << 20)})
    result = gather(open_collector(Source("takeout", str(path), (ME,))).collect({}))
    assert result.reasons == {"zip bomb"}


def test_a_packed_mailbox_that_is_a_bomb_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "HARMLESS", 1 << 20)
    path = tmp_path / "Sent.gz"
    path.write_bytes(gzip.compress(from_line(letter("one", "A letter.")) + b"\n" * (6 << 20)))
    source = open_source(str(path), me=(ME,))
    result = gather(open_collector(source).collect({}))
    assert source.kind == "mbox"
    assert "zip bomb" in result.reasons


@given(
    at=st.integers(0, 2000), noise=st.binary(max_size=8), suffix=st.sampled_from([".zip", ".tgz"])
)
@example(at=3, noise=b"", suffix=".tgz")  # within gzip's header
def test_damaged_archives_cost_a_line(
    at: int, noise: bytes, suffix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("archives") / f"takeout{suffix}"
    WRITERS[suffix](path, {ALL_MAIL: from_line(letter("one", "A letter."))})
    whole = path.read_bytes()
    at %= len(whole)
    for data in (whole[:at], whole[:at] + noise + whole[at + len(noise) :]):
        path.write_bytes(data)
        try:
            gather(open_collector(Source("takeout", str(path), (ME,))).collect({}))
        except MicrotuneError as error:
            assert "damaged" in str(error)  # noqa: PT017 - most damage is no error
