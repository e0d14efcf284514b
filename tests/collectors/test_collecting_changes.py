"""Passes over only what changed, with real collectors and a real store."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from microtune.collecting import Collected, collect
from microtune.contracts import Change
from microtune.curation.curator import Curator
from microtune.locations import Home
from microtune.store import Store
from microtune.words import Source
from microtune_collectors import folder
from microtune_collectors.ignore import IGNORE_FILE
from microtune_collectors.registry import open_collector
from tests.collectors.letters import ME, mail, write_mbox
from tests.microtune.invented import letter


@pytest.fixture
def store(own_home: Path) -> Iterator[Store]:
    with Store.open(Home(own_home)) as opened:
        yield opened


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """Three letters: one.txt, x/two.txt and x/three.txt."""
    root = tmp_path / "notes"
    (root / "x").mkdir(parents=True)
    for number, place in enumerate(("one.txt", "x/two.txt", "x/three.txt"), start=1):
        (root / place).write_text(letter(number))
    return root


def add(store: Store, place: Path, kind: str = "folder") -> Source:
    source = Source(kind, str(place), () if kind == "folder" else (ME,))
    store.sources.add(source, "Yes.")
    return source


def run(store: Store, *changes: Change) -> Collected:
    """A pass over these changes, or, without any, over everything."""
    return collect(store, open_collector, Curator(), only=changes or None)


def places(store: Store) -> set[str]:
    return {document.place for document in store.documents.live()}


def events(store: Store) -> list[str]:
    return [line.event for line in store.ledger.lines()]


def test_only_the_file_that_changed_is_read(
    store: Store, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = add(store, notes)
    run(store)
    (notes / "x" / "two.txt").write_text(letter(22))
    (notes / "one.txt").write_text(letter(11))
    read: list[str] = []
    read_text = folder.read_text
    monkeypatch.setattr(
        folder, "read_text", lambda file, *rest: read.append(file.place) or read_text(file, *rest)
    )
    done = run(store, Change(source.id, "x/two.txt"))
    assert (done.new, done.updated, done.total, read) == (0, 1, 3, ["x/two.txt"])
    texts = {document.text for document in store.documents.live()}
    assert letter(22) in texts
    assert letter(2) not in texts
    assert run(store, Change(source.id, "x/two.txt")).updated == 0
    assert run(store, Change(source.id, "")).updated == 1


def test_a_folder_that_came_is_read_and_one_that_is_gone_keeps_its_texts(
    store: Store, notes: Path
) -> None:
    source = add(store, notes)
    assert run(store, Change(source.id, "x")).new == 2
    (notes / "x" / "two.txt").unlink()
    done = run(store, Change(source.id, "x/two.txt"), Change(source.id, "no/such.txt"))
    assert (done.total, dict(done.skipped), done.failed) == (2, {}, ())


@pytest.mark.parametrize("place", ["../outside.txt", "x/.hidden.txt", "link/a.txt", "venv/a.txt"])
def test_no_change_leads_where_a_full_pass_does_not_go(
    store: Store, notes: Path, place: str
) -> None:
    (notes.parent / "outside").mkdir()
    (notes / "link").symlink_to(notes.parent / "outside")
    (notes / "venv").mkdir()
    (notes / place).write_text(letter(9))
    source = add(store, notes)
    assert run(store, Change(source.id, place)).new == 0


def test_a_source_without_consent_is_not_read(store: Store, notes: Path) -> None:
    source = add(store, notes)
    store.sources.remove(source.id)
    assert run(store, Change(source.id, "one.txt")).new == 0


def test_a_renamed_file_keeps_its_text_and_is_followed(store: Store, notes: Path) -> None:
    source = add(store, notes)
    run(store)
    os.rename(notes / "one.txt", notes / "renamed.txt")
    done = run(store, Change(source.id, "renamed.txt"))
    assert (done.new, done.total) == (0, 3)
    assert places(store) == {"renamed.txt", "x/two.txt", "x/three.txt"}
    (notes / "renamed.txt").write_text(f"{letter(1)} And one more thought.")
    assert run(store, Change(source.id, "renamed.txt")).updated == 1


def test_a_file_renamed_and_edited_at_once_is_a_new_version(store: Store, notes: Path) -> None:
    add(store, notes)
    run(store)
    (notes / "one.txt").unlink()
    (notes / "better.txt").write_text(f"{letter(1)} And one more thought.")
    done = run(store)
    assert (done.new, done.updated, done.total) == (0, 1, 3)
    assert "better.txt" in places(store)


def test_a_copy_is_a_duplicate(store: Store, notes: Path) -> None:
    source = add(store, notes)
    run(store)
    (notes / "copy.txt").write_text(letter(1))
    assert dict(run(store, Change(source.id, "copy.txt")).skipped) == {"exact duplicate": 1}
    assert "one.txt" in places(store)


def test_mail_that_arrives_is_read_alone(store: Store, tmp_path: Path) -> None:
    maildir, mbox = tmp_path / "Maildir", tmp_path / "Sent.mbox"
    for name in ("cur", "new", "tmp"):
        (maildir / ".Sent" / name).mkdir(parents=True)
        (maildir / name).mkdir()
    write_mbox(mbox, {"one": mail("one", letter(1)).as_bytes()})
    boxes, file = add(store, maildir, "maildir"), add(store, mbox, "mbox")
    assert run(store).new == 1
    (maildir / ".Sent" / "new" / "2.host").write_bytes(mail("two", letter(2)).as_bytes())
    (maildir / "cur" / "3.host:2,S").write_bytes(mail("three", letter(3)).as_bytes())
    assert run(store, Change(boxes.id, ".Sent/new/2.host")).new == 1
    assert run(store, Change(boxes.id, "cur/3.host:2,S")).new == 1
    both = {"one": mail("one", letter(1)).as_bytes(), "four": mail("four", letter(4)).as_bytes()}
    write_mbox(mbox, both)
    assert run(store, Change(file.id, "")).new == 1
    assert run(store).new == 0


def test_a_maildir_in_a_folder_is_read_where_mail_arrived(store: Store, tmp_path: Path) -> None:
    for name in ("cur", "new", "tmp"):
        (tmp_path / "home" / "Mail" / ".Sent" / name).mkdir(parents=True)
        (tmp_path / "home" / "Mail" / name).mkdir()
    for name, number in (("1.host", 1), ("2.host", 2)):
        message = mail(name, letter(number)).as_bytes()
        (tmp_path / "home" / "Mail" / ".Sent" / "new" / name).write_bytes(message)
    source = Source("folder", str(tmp_path / "home"), (ME,))
    store.sources.add(source, "Yes.")
    assert run(store, Change(source.id, "Mail/.Sent/new/1.host")).new == 1
    assert run(store).new == 1


@pytest.mark.parametrize("by_event", [True, False])
def test_what_is_excluded_later_leaves_training_and_may_come_back(
    store: Store, notes: Path, by_event: bool
) -> None:
    source = add(store, notes)
    run(store)
    changes = [Change(source.id, "x")] if by_event else []
    (notes / "x" / IGNORE_FILE).write_text("two.txt\n")
    done = run(store, *changes)
    assert (done.retired, done.total, done.skipped["excluded"]) == (1, 2, 1)
    assert places(store) == {"one.txt", "x/three.txt"}
    assert events(store)[-1] == "excluded"
    assert run(store, *changes).retired == 0
    (notes / "x" / "two.txt").write_text(letter(5))
    assert run(store, Change(source.id, "x/two.txt")).new == 0
    (notes / "x" / IGNORE_FILE).unlink()
    assert run(store, *changes).new == 1


def test_a_file_that_is_gone_can_be_excluded_too(store: Store, notes: Path) -> None:
    add(store, notes)
    run(store)
    (notes / "one.txt").unlink()
    (notes / IGNORE_FILE).write_text("one.txt\n")
    assert run(store).retired == 1


def test_a_copy_elsewhere_takes_the_place_of_an_excluded_text(store: Store, notes: Path) -> None:
    (notes / "copy.txt").write_text(letter(2))
    add(store, notes)
    run(store)
    assert "copy.txt" in places(store)
    (notes / IGNORE_FILE).write_text("copy.txt\n")
    assert run(store).retired == 1
    run(store)
    assert places(store) == {"one.txt", "x/two.txt", "x/three.txt"}


def test_a_note_that_is_renamed_and_edited_while_it_is_collected_is_kept_as_it_is_now(
    store: Store, notes: Path
) -> None:
    add(store, notes)
    later, now = notes / "y" / "one.txt", f"{letter(1)} And now a sentence more."
    later.parent.mkdir()

    def read_the_first(source: str, number: int) -> None:
        if (notes / "one.txt").exists():
            (notes / "one.txt").rename(later)
            later.write_text(now)

    done = collect(store, open_collector, Curator(), read_the_first)
    assert (done.new, done.updated, done.skipped) == (3, 1, {})
    texts = {document.place: document.text for document in store.documents.live()}
    assert texts.keys() == {"y/one.txt", "x/two.txt", "x/three.txt"}
    assert texts["y/one.txt"] == now
