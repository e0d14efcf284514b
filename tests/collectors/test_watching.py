"""Watching real files through the events of this machine.

Each wait ends with the change that it is for; no test depends on how long that takes.
"""

import errno
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from watchdog.observers.inotify_c import InotifyConstants, InotifyEvent, InotifyFD

from microtune.contracts import Change
from microtune.words import Source
from microtune_collectors import watching_root
from microtune_collectors.ignore import IGNORE_FILE
from microtune_collectors.polling import fingerprint
from microtune_collectors.watching import SourceWatch, watch
from microtune_collectors.watching_events import Events
from microtune_collectors.watching_mounts import remote_type

PATIENCE_S = 60.0  # before a test gives up; nothing waits so long

Start = Callable[..., SourceWatch]


@pytest.fixture
def start() -> Iterator[Start]:
    """Watches sources until the test is over."""
    with ExitStack() as stack:

        def begin(*sources: Source, check_s: float = 0.1) -> SourceWatch:
            watched = watch(sources, check_s, poll_s=0.05)
            stack.callback(watched.close)
            return watched

        yield begin


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


def changes_until(watched: SourceWatch, last: Change) -> list[Change]:
    """Every change up to and with `last`."""
    seen: list[Change] = []
    end = time.monotonic() + PATIENCE_S
    while last not in seen:
        assert time.monotonic() < end, f"only {seen}"
        seen += watched.wait(1.0)
    return seen


def places_until(watched: SourceWatch, source: Source, last: str) -> list[str]:
    return [change.place for change in changes_until(watched, Change(source.id, last))]


def test_a_saved_file_is_told_once_by_its_place(start: Start, notes: Path) -> None:
    source = Source("folder", str(notes))
    watched = start(source)
    for text in ("A", "A letter", "A letter in full."):
        (notes / "one.txt").write_text(text)
    assert places_until(watched, source, "one.txt") == ["one.txt"]


def test_reading_is_no_change(start: Start, notes: Path) -> None:
    (notes / "one.txt").write_text("A letter.")
    source = Source("folder", str(notes))
    watched = start(source)
    (notes / "one.txt").read_text()
    (notes / "two.txt").write_text("Another.")
    assert places_until(watched, source, "two.txt") == ["two.txt"]


def test_what_editors_leave_while_they_save_is_no_change(start: Start, notes: Path) -> None:
    """Saving as vim, Emacs, LibreOffice and programs that rename do it."""
    text = notes / "one.txt"
    text.write_text("A letter.")
    source = Source("folder", str(notes))
    watched = start(source)
    for name in (".one.txt.swp", ".#one.txt", "#one.txt#", "~$one.docx", ".~lock.one.odt#"):
        (notes / name).write_text("for the editor")
    os.rename(text, notes / "one.txt~")
    text.write_text("A letter, edited.")
    (notes / "one.txt~").unlink()
    (notes / "two.txt.tmp").write_text("A letter more.")
    os.rename(notes / "two.txt.tmp", notes / "two.txt")
    (notes / "last.txt").write_text("The end.")
    seen = places_until(watched, source, "last.txt")
    assert set(seen) == {"one.txt", "two.txt", "last.txt"}


def test_a_rename_is_told_by_its_new_name_and_a_deletion_not_at_all(
    start: Start, notes: Path
) -> None:
    for name in ("old.txt", "gone.txt"):
        (notes / name).write_text("A letter.")
    source = Source("folder", str(notes))
    watched = start(source)
    (notes / "gone.txt").unlink()
    os.rename(notes / "old.txt", notes / "new.txt")
    assert places_until(watched, source, "new.txt") == ["new.txt"]


def test_folders_that_come_are_watched(start: Start, notes: Path, tmp_path: Path) -> None:
    source = Source("folder", str(notes))
    watched = start(source)
    (notes / "made" / "deep").mkdir(parents=True)
    places_until(watched, source, "made")
    (notes / "made" / "deep" / "one.txt").write_text("A letter.")
    places_until(watched, source, "made/deep/one.txt")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "two.txt").write_text("A letter.")
    os.rename(tmp_path / "elsewhere", notes / "moved")
    places_until(watched, source, "moved")
    (notes / "moved" / "two.txt").write_text("An edited letter.")
    places_until(watched, source, "moved/two.txt")


def test_an_ignore_file_concerns_its_folder(start: Start, notes: Path) -> None:
    (notes / "x").mkdir()
    source = Source("folder", str(notes))
    watched = start(source)
    (notes / "x" / IGNORE_FILE).write_text("*")
    places_until(watched, source, "x")
    (notes / "x" / IGNORE_FILE).unlink()
    places_until(watched, source, "x")


def test_mailboxes_are_watched_by_file_and_by_folder(start: Start, tmp_path: Path) -> None:
    maildir, mbox = tmp_path / "Maildir", tmp_path / "Sent.mbox"
    for folder in ("cur", "new", "tmp"):
        (maildir / ".Sent" / folder).mkdir(parents=True)
    mbox.write_text("From me\n")
    one, other = Source("maildir", str(maildir), ("a@b.c",)), Source("mbox", str(mbox), ("a@b.c",))
    watched = start(one, other)
    (tmp_path / "unrelated.mbox").write_text("From somebody\n")
    with mbox.open("a") as file:
        file.write("\nFrom me\n")
    assert changes_until(watched, Change(other.id, "")) == [Change(other.id, "")]
    (maildir / ".Sent" / "tmp" / "1.host").write_text("A message.")
    os.rename(maildir / ".Sent" / "tmp" / "1.host", maildir / ".Sent" / "new" / "1.host")
    changes_until(watched, Change(one.id, ".Sent/new/1.host"))


def test_a_source_that_was_unplugged_is_watched_again(start: Start, notes: Path) -> None:
    source = Source("folder", str(notes))
    watched = start(source)
    shutil.move(notes, notes.parent / "drawer")
    notes.mkdir()
    places_until(watched, source, "")
    (notes / "one.txt").write_text("A letter.")
    places_until(watched, source, "one.txt")


def test_a_source_that_is_not_there_yet_is_watched_when_it_comes(start: Start, notes: Path) -> None:
    source = Source("folder", str(notes / "stick"))
    watched = start(source)
    (notes / "stick").mkdir()
    places_until(watched, source, "")
    (notes / "stick" / "one.txt").write_text("A letter.")
    places_until(watched, source, "one.txt")


def test_wake_ends_a_wait_begun_or_not(start: Start, notes: Path) -> None:
    watched = start(Source("folder", str(notes)), Source("imap", "imap://example.org/Sent"))
    watched.wake()
    assert watched.wait(PATIENCE_S) == ()
    waker = threading.Timer(0.1, watched.wake)
    waker.start()
    assert watched.wait(PATIENCE_S) == ()
    waker.join()


def test_closing_twice_is_harmless(notes: Path) -> None:
    watched = watch([Source("folder", str(notes))])
    watched.close()
    watched.close()
    assert watched.wait(PATIENCE_S) == ()


@pytest.mark.parametrize(
    ("why", "line"),
    [("full", "max_user_watches"), ("remote", "network file system (fuse.sshfs)")],
)
def test_without_events_the_source_is_polled_and_a_line_says_so(
    why: str,
    line: str,
    start: Start,
    notes: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    if why == "full":
        watch_folder = InotifyFD.add_callback

        def full(inotify: InotifyFD, path: bytes, *rest: Any) -> Any:
            if path.endswith(b"deep"):
                raise OSError(errno.ENOSPC, "No space left on device")
            return watch_folder(inotify, path, *rest)

        monkeypatch.setattr(InotifyFD, "add_callback", full)
    else:
        monkeypatch.setattr(watching_root, "remote_type", lambda path: "fuse.sshfs")
    (notes / "deep").mkdir()
    source = Source("folder", str(notes))
    with caplog.at_level(logging.WARNING):
        watched = start(source)
        for _ in range(2):  # the first may tell of nothing but the change to polling
            for number in range(int(PATIENCE_S)):  # the first look may come after a change
                (notes / "deep" / "one.txt").write_text(f"A letter of {number} words.")
                if told := watched.wait(1.0):
                    break
            assert told == (Change(source.id, ""),)
    assert [line in record.getMessage() for record in caplog.records] == [True]


def test_the_fingerprint_follows_every_file_and_nothing_else(notes: Path) -> None:
    assert fingerprint(notes / "nothing") is None
    before = fingerprint(notes)
    assert fingerprint(notes) == before
    (notes / "x").mkdir()
    (notes / "x" / "one.txt").write_text("A letter.")
    after = fingerprint(notes)
    assert after != before
    os.utime(notes / "x" / "one.txt", ns=(1, 1))
    assert fingerprint(notes) != after
    alone = fingerprint(notes / "x" / "one.txt")
    (notes / "x" / "one.txt").write_text("Another.")
    assert fingerprint(notes / "x" / "one.txt") != alone


def test_file_systems_elsewhere_are_told_from_disks(tmp_path: Path) -> None:
    table = tmp_path / "mounts"
    table.write_text(
        "/dev/sda1 / ext4 rw 0 0\nserver:/home /net nfs4 rw 0 0\n/dev/sdb1 /net/disk fuseblk rw\n"
        "me@host: /users/me/my\\040notes fuse.sshfs rw 0 0\n"
    )
    types = {
        "/users/me": "",
        "/net/ana": "nfs4",
        "/network": "",
        "/net/disk/a": "",
        "/users/me/my notes/x": "fuse.sshfs",
    }
    assert {path: remote_type(Path(path), table) for path in types} == types
    assert remote_type(tmp_path, tmp_path / "no such table") == ""


def test_events_that_the_kernel_dropped_are_told(notes: Path) -> None:
    lost: list[str] = []
    events = Events(lost.append)
    try:
        inotify = events._observer._inotify  # type: ignore[attr-defined]
        inotify.handle_event(InotifyEvent(-1, InotifyConstants.IN_Q_OVERFLOW, 0, b""))
    finally:
        events.close()
    assert lost == [""]
