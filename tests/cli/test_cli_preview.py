"""`sources preview` and `sources exclude`: what would be taken, and what never is."""

from pathlib import Path

import pytest

from tests.cli.conftest import LETTERS
from tests.cli.running import assert_whole, facts, run
from tests.collectors.letters import ME
from tests.microtune.invented import letter


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    folder = tmp_path / "letters"
    (folder / "private").mkdir(parents=True)
    for place in ("0.txt", "1.txt", "private/2.txt"):
        (folder / place).write_text(letter(ord(place[-5])))
    return folder


def test_a_preview_counts_and_shows_and_keeps_nothing(mailbox: Path, own_home: Path) -> None:
    said = facts("sources", "preview", mailbox)
    assert (said["taken"], said["me"], said["stopped"]) == (LETTERS, [ME], False)
    assert said["dropped"] == {
        "exact duplicate": 1,
        "near duplicate": 1,
        "not written by you": 2,
        "only quoted or forwarded": 1,
        "too short": 1,
    }
    assert said["items"] == LETTERS + 6
    assert len(said["samples"]) == 10
    assert {sample["taken"] for sample in said["samples"]} == {True, False}
    kept = [sample for sample in said["samples"] if sample["taken"]]
    assert all(s["text"] and s["place"] and s["written"].startswith("20") for s in kept)
    assert not own_home.exists()


def test_a_preview_for_people(letters: Path) -> None:
    (letters / "photo.jpg").write_bytes(b"\xff\xd8")
    said = run("sources", "preview", letters).out
    assert "3 texts with" in said
    assert "Left out: 1 unsupported file type." in said
    assert "taken: private/2.txt" in said
    assert f"    {letter(ord('2'))[:40]}" in said
    assert "left out (unsupported file type): photo.jpg" in said
    assert "Nothing was stored" in said


def test_a_preview_of_what_is_not_there_is_refused() -> None:
    assert "there is no /no/such/place" in run("sources", "preview", "/no/such/place").reason


def test_exclusions_are_listed_changed_and_recorded(own_home: Path) -> None:
    assert facts("sources", "exclude")["exclusions"] == []
    assert facts("sources", "exclude", "private/", "*.key")["changed"] is True
    assert facts("sources", "exclude", "*.key") == {
        "exclusions": ["private/", "*.key"],
        "changed": False,
    }
    assert facts("sources", "exclude", "--remove", "*.key")["exclusions"] == ["private/"]
    assert "none of the exclusions" in run("sources", "exclude", "--remove", "*.key").reason
    assert "is no pattern" in run("sources", "exclude", "# note").reason
    assert run("ledger").out.count("exclusions changed") == 2
    assert_whole(own_home)


def test_what_is_excluded_leaves_training_and_no_preview_shows_it(letters: Path) -> None:
    facts("sources", "add", letters)
    assert facts("collect")["new"] == 3
    facts("sources", "exclude", "private/")
    assert "1 left training: they are excluded now." in run("collect").out
    said = facts("collect")
    assert (said["retired"], said["total"], said["skipped"]["excluded"]) == (0, 2, 1)
    assert facts("sources", "preview", letters)["dropped"] == {"excluded": 1}


def test_unreadable_exclusions_stop_collecting(letters: Path, own_home: Path) -> None:
    facts("sources", "add", letters)
    (own_home / "exclusions").write_bytes(b"\xff\xfe\x00")
    assert "cannot read the exclusions" in run("collect").reason
    assert facts("status")["documents"] == 0
