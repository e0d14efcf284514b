"""Folders: what is read, what is passed over, and what happens to them meanwhile."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from collector_contract import gather
from letters import ME, mail, write_mbox

from microtune.errors import MicrotuneError
from microtune.words import Found, Skip, Source
from microtune_collectors import readers
from microtune_collectors.folder import FolderCollector


def collector(root: Path, *me: str) -> FolderCollector:
    return FolderCollector(Source("folder", str(root), me))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    return folder


def write(path: Path, text: str = "Some words.") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@contextmanager
def as_a_stranger() -> Iterator[None]:
    """Without the powers of root, if the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_places_are_relative_and_hidden_backup_and_tool_files_passed_over(root: Path) -> None:
    write(root / "a" / "b.txt")
    for name in (
        ".hidden.txt",
        ".git/x.txt",
        "node_modules/x.md",
        "b.txt~",
        ".b.txt.swp",
        "~$c.docx",
    ):
        write(root / name)
    result = gather(collector(root).collect({}))
    assert [found.place for found in result.found] == ["a/b.txt"]
    assert result.skipped == []


def test_what_is_not_supported_is_counted_on_every_pass(root: Path) -> None:
    write(root / "a.jsonl")
    write(root / "b")
    first = gather(collector(root).collect({}))
    assert {skip.reason for skip in first.skipped} == {"unsupported file type"}
    assert len(gather(collector(root).collect(first.marks)).skipped) == 2


def test_bad_files_are_skipped_with_a_reason_and_not_tried_again(root: Path) -> None:
    (root / "nul.txt").write_bytes(b"a\0b")
    (root / "empty.txt").touch()
    (root / "fake.docx").write_bytes(b"PK\x03\x04 no zip")
    with (root / "large.txt").open("wb") as file:
        file.truncate(readers.LARGEST + 1)
    result = gather(collector(root).collect({}))
    assert {skip.place: skip.reason for skip in result.skipped} == {
        "nul.txt": "not text",
        "empty.txt": "no text",
        "fake.docx": "damaged file",
        "large.txt": "too large",
    }
    assert gather(collector(root).collect(result.marks)).skipped == []


def test_a_folder_that_vanishes_during_the_pass_is_skipped(root: Path) -> None:
    write(root / "a.txt")
    write(root / "b" / "c.txt")
    write(root / "d.txt")
    (root / "e.txt").mkdir()
    events = collector(root).collect({})
    assert isinstance(next(events), Found)
    shutil.rmtree(root / "b")
    (root / "d.txt").unlink()
    rest = gather(events)
    assert {(skip.place, skip.reason) for skip in rest.skipped} == {
        ("b", "vanished"),
        ("d.txt", "vanished"),
    }


def test_a_root_that_is_gone_says_what_to_do(root: Path) -> None:
    root.rmdir()
    with pytest.raises(MicrotuneError, match=r"is gone.*sources remove"):
        list(collector(root).collect({}))


def test_links_neither_loop_nor_lead_out(root: Path, tmp_path: Path) -> None:
    write(root / "a" / "b.txt")
    write(tmp_path / "private" / "secret.txt", "Not consented to.")
    (root / "a" / "up").symlink_to(root)
    (root / "round").symlink_to(root / "round")
    (root / "out").symlink_to(tmp_path / "private")
    (root / "out.txt").symlink_to(tmp_path / "private" / "secret.txt")
    result = gather(collector(root).collect({}))
    assert [found.place for found in result.found] == ["a/b.txt"]
    assert {skip.place for skip in result.skipped if "link" in skip.reason} == {"out", "out.txt"}


def test_a_linked_file_within_the_folder_is_read(root: Path) -> None:
    """As git-annex keeps them: names that lead into a hidden folder."""
    write(root / ".annex" / "key", "Annexed words.")
    (root / "a.txt").symlink_to(".annex/key")
    assert gather(collector(root).collect({})).texts == {"Annexed words."}


def test_a_pipe_is_never_opened(root: Path) -> None:
    os.mkfifo(root / "pipe.txt")
    assert list(collector(root).collect({})) == []


def test_an_unreadable_file_is_skipped_and_tried_again() -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o755)
        write(root / "a.txt").chmod(0o644)
        write(root / "b.txt").chmod(0)
        write(root / "c.mbox").chmod(0)
        write(root / "d" / "e.txt")
        (root / "d").chmod(0)
        with as_a_stranger():
            result = gather(collector(root, ME).collect({}))
        (root / "d").chmod(0o755)
        assert result.texts == {"Some words."}
        assert {(skip.place, skip.reason) for skip in result.skipped} == {
            (place, "unreadable") for place in ("b.txt", "c.mbox", "d")
        }
        (root / "b.txt").chmod(0o644)
        again = gather(collector(root).collect(result.marks))
        assert "b.txt" in [found.place for found in again.found]


def test_a_name_that_is_no_utf8_gets_a_place_that_can_be_stored(root: Path) -> None:
    (Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9.txt"))).write_text("Words.")
    (found,) = gather(collector(root).collect({})).found
    assert found.place.encode() == b"caf\\xe9.txt"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("2019-03-01-x.md", "---\ndate: 2018-07-05\n---\nWords.", datetime(2018, 7, 5)),
        ("2019-03-01-x.md", "---\ndate: 2099-01-01\n---\nWords.", datetime(2019, 3, 1)),
        ("1814-00-no135.txt", "Words.", datetime(1814, 1, 1)),
        ("2099.txt", "Words.", datetime(2001, 9, 9, 1, 46, 40)),
        ("notes.txt", "Words.", datetime(2001, 9, 9, 1, 46, 40)),
    ],
)
def test_the_date_of_a_text(root: Path, name: str, text: str, expected: datetime) -> None:
    os.utime(write(root / name, text), (1_000_000_000, 1_000_000_000))
    (found,) = gather(collector(root).collect({})).found
    assert found.written == expected.replace(tzinfo=UTC)


def test_mail_in_a_folder_is_read_beside_texts(root: Path) -> None:
    write(root / "essay.md", "# On tea\n\nIt is *hot*.")
    (root / "one.eml").write_bytes(mail("one", "From a file.").as_bytes())
    write_mbox(root / "sent.mbox", {"two": mail("two", "From a mailbox.").as_bytes()})
    write_mbox(root / "Sent", {"three": mail("three", "From Thunderbird.").as_bytes()})
    for folder in ("cur", "new", ".Sent/cur", ".Sent/new"):
        (root / "Maildir" / folder).mkdir(parents=True)
    message = mail("four", "From a Maildir.").as_bytes()
    (root / "Maildir" / ".Sent" / "cur" / "1.host:2,S").write_bytes(message)
    result = gather(collector(root, ME).collect({}))
    assert {(found.place, found.text.strip()) for found in result.found} == {
        ("essay.md", "On tea\n\nIt is hot."),
        ("one.eml", "From a file."),
        ("sent.mbox#two@example.org", "From a mailbox."),
        ("Sent#three@example.org", "From Thunderbird."),
        ("Maildir/.Sent#four@example.org", "From a Maildir."),
    }
    assert gather(collector(root, ME).collect(result.marks)).found == []
    unknown = gather(collector(root).collect({}))
    assert [found.place for found in unknown.found] == ["essay.md"]
    assert unknown.reasons == {"mail, but no address of yours is known"}


def test_mailboxes_of_what_was_thrown_away_are_not_read(root: Path) -> None:
    for name in ("Trash", "Drafts.mbox", "Junk.mbox.xz"):
        write_mbox(root / name, {"one": mail("one", "Unwanted.").as_bytes()})
    result = gather(collector(root, ME).collect({}))
    assert result.found == []
    assert sorted(skip.reason for skip in result.skipped) == [
        "deleted",
        "machine-made",
        "machine-made",
    ]


def test_a_single_file_is_a_source(root: Path) -> None:
    path = write(root / "a.txt")
    write(root / "b.txt")
    assert [found.place for found in gather(collector(path).collect({})).found] == ["a.txt"]


def test_skips_are_told_apart_from_texts(root: Path) -> None:
    write(root / "a.txt")
    (root / "b.txt").write_bytes(b"\0")
    kinds = [type(event) for event in collector(root).collect({})]
    assert kinds.count(Found) == kinds.count(Skip) == 1
