"""Apple Mail's messages and its folder: sent mail is found, what was thrown away is not read."""

from pathlib import Path

import pytest
from apple_messages import emlx, write_emlx
from collector_contract import CollectorContract, World, gather
from hypothesis import given
from hypothesis import strategies as st
from letters import ME, mail

from microtune.contracts import Collector
from microtune.words import Source
from microtune_collectors.emlx import parse
from microtune_collectors.registry import open_collector, open_source

ACCOUNT = "V10/0A1B2C3D-0000-4000-8000-000000000000"


class AppleMailWorld(World):
    def collector(self) -> Collector:
        return open_collector(Source("applemail", str(self.root), (ME,)))

    def put(self, name: str, text: str) -> None:
        box = self.root / ACCOUNT / "Sent Messages.mbox"
        write_emlx(box, name, mail(name, text).as_bytes())

    def spoil(self, name: str) -> None:
        box = self.root / ACCOUNT / "Sent Messages.mbox"
        write_emlx(box, name, b"\xff\xfe\x00 no message at all")


class TestAppleMail(CollectorContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> World:
        root = tmp_path / "Mail"
        root.mkdir()
        return AppleMailWorld(root)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """An account with sent mail, an inbox, nested mailboxes and what was thrown away."""
    account = tmp_path / "Mail" / ACCOUNT
    boxes = ("Sent Messages.mbox", "[Gmail].mbox/Gesendet.mbox", "INBOX.mbox", "Archive.mbox",
             "Deleted Messages.mbox")  # fmt: skip
    for number, box in enumerate(boxes):
        message = mail(f"m{number}", f"A letter in {box}.")
        write_emlx(account / box, str(number), message.as_bytes())
    (account / "INBOX.mbox" / "Info.plist").write_bytes(b"<plist/>")
    return tmp_path / "Mail"


def test_of_an_account_the_mailboxes_of_sent_mail_are_read(library: Path) -> None:
    source = open_source(str(library))
    assert (source.kind, source.me) == ("applemail", (ME,))
    result = gather(open_collector(source).collect({}))
    assert result.texts == {
        "A letter in Sent Messages.mbox.",
        "A letter in [Gmail].mbox/Gesendet.mbox.",
    }
    assert sorted(skip.reason for skip in result.skipped) == [
        "deleted",
        "not sent mail",
        "not sent mail",
    ]


def test_a_mailbox_that_is_named_itself_is_read(library: Path) -> None:
    box = library / ACCOUNT / "Archive.mbox"
    result = gather(open_collector(open_source(str(box), me=(ME,))).collect({}))
    assert result.texts == {"A letter in Archive.mbox."}


def test_without_sent_mail_all_mailboxes_but_the_bin_are_read(library: Path) -> None:
    account = library / ACCOUNT
    for box in ("Sent Messages.mbox", "[Gmail].mbox/Gesendet.mbox"):
        (account / box).rename(account / box.replace("Sent", "Kept").replace("Ges", "G"))
    result = gather(open_collector(open_source(str(library), me=(ME,))).collect({}))
    assert len(result.found) == 4


def test_a_message_loaded_in_full_later_keeps_its_place(library: Path) -> None:
    source = open_source(str(library / ACCOUNT / "INBOX.mbox"), me=(ME,))
    message = mail("late", "A letter with an attachment.").as_bytes()
    part = write_emlx(library / ACCOUNT / "INBOX.mbox", "9.partial", message)
    first = gather(open_collector(source).collect({}))
    part.rename(part.with_name("9.emlx"))
    second = gather(open_collector(source).collect(first.marks))
    assert [found.place for found in second.found] == ["INBOX.mbox#late@example.org"]
    assert second.found[0] in first.found


def test_flags_tell_what_was_deleted_a_draft_or_junk(tmp_path: Path) -> None:
    message = mail("one", "A letter.").as_bytes()
    for name, flags in {"read": 1, "deleted": 3, "draft": 65, "junk": 1 << 24}.items():
        (tmp_path / f"{name}.emlx").write_bytes(emlx(message, flags))
    result = gather(open_collector(open_source(str(tmp_path), me=(ME,))).collect({}))
    assert [found.place for found in result.found] == ["read.emlx"]
    assert [skip.reason for skip in result.skipped] == ["deleted", "machine-made", "machine-made"]


@given(message=st.binary(max_size=200), flags=st.integers(0, (1 << 31) - 1))
def test_any_message_comes_back_with_its_flags(message: bytes, flags: int) -> None:
    read = parse(emlx(message, flags))
    assert (read.message, read.flags, read.whole) == (message, flags, True)


@given(cut=st.integers(0, 600), noise=st.binary(max_size=30), at=st.integers(0, 600))
def test_damaged_ones_are_read_as_far_as_they_go(cut: int, noise: bytes, at: int) -> None:
    whole = emlx(mail("one", "A letter.").as_bytes())
    parse(whole[:cut])
    parse(whole[:at] + noise + whole[at:])
    parse(noise)
