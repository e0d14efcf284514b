"""`sources` and `collect`: consent, one pass, another pass, and a source that is gone."""

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import LETTERS
from tests.cli.running import assert_whole, facts, run
from tests.collectors.letters import ME
from tests.microtune.invented import letter


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """A folder with three texts."""
    folder = tmp_path / "letters"
    folder.mkdir()
    for n in range(3):
        (folder / f"{n}.txt").write_text(letter(n))
    return folder


def test_a_folder_is_added_listed_and_removed(letters: Path, own_home: Path) -> None:
    added = facts("sources", "add", letters)
    assert (added["source"], added["kind"], added["me"]) == (str(letters), "folder", [])
    assert [one["source"] for one in facts("sources", "list")["sources"]] == [str(letters)]
    assert str(letters) in run("sources", "list").out
    assert facts("sources", "remove", letters)["removed"] is True
    assert facts("sources", "list")["sources"] == []
    assert "sources add PATH" in run("sources", "list").out
    assert_whole(own_home)


def test_removing_takes_the_texts_out_of_use(letters: Path) -> None:
    source = facts("sources", "add", letters)
    facts("collect")
    assert facts("status")["documents"] == 3
    facts("sources", "remove", source["id"][:6])
    assert facts("status")["documents"] == 0
    assert "there is no source" in run("sources", "remove", source["id"]).reason


def test_a_source_may_be_named_as_it_was_typed(
    letters: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(letters.parent)
    assert facts("sources", "add", "letters")["source"] == str(letters)
    facts("sources", "remove", "./letters")


def test_a_mailbox_tells_whose_it_is(mailbox: Path) -> None:
    ran = run("sources", "add", mailbox)
    assert f"Your addresses there: {ME}, guessed from the most frequent sender" in ran.out
    assert facts("sources", "list")["sources"][0]["kind"] == "mbox"


def test_me_corrects_the_guess(mailbox: Path) -> None:
    added = facts("sources", "add", mailbox, "--me", "Ben@Example.com", "--me", "b@example.com")
    assert added["me"] == ["ben@example.com", "b@example.com"]
    assert facts("collect")["new"] == 2


def test_a_path_that_is_not_there_is_refused(own_home: Path) -> None:
    assert "there is no /no/such/place" in run("sources", "add", "/no/such/place").reason
    assert facts("sources", "list")["sources"] == []


@pytest.mark.parametrize("place", ["imap://example.org", "/dev/null", "{tmp}/photo.jpg"])
def test_what_cannot_be_read_is_refused(place: str, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0 no words")
    assert run("sources", "add", place.format(tmp=tmp_path)).reason


def test_collecting_without_sources_is_refused() -> None:
    assert run("collect").reason == (
        "there are no sources. Run `microtune sources add PATH` first."
    )


def test_a_pass_counts_what_it_took_and_why_it_left_the_rest(mailbox: Path, own_home: Path) -> None:
    facts("sources", "add", mailbox)
    said = facts("collect")
    assert (said["new"], said["updated"], said["total"]) == (LETTERS, 0, LETTERS)
    assert said["skipped"] == {
        "exact duplicate": 1,
        "near duplicate": 1,
        "not written by you": 2,
        "only quoted or forwarded": 1,
        "too short": 1,
    }
    assert said["seconds"] > 0
    assert said["failed"] == []
    assert_whole(own_home)


def test_a_second_pass_finds_nothing_new(collected: Path) -> None:
    said = facts("collect")
    assert (said["new"], said["updated"], said["total"]) == (0, 0, LETTERS)
    assert run("collect").out.startswith(f"0 new, 0 updated, {LETTERS} documents in all (")


def test_an_edited_text_is_updated(letters: Path) -> None:
    facts("sources", "add", letters)
    facts("collect")
    (letters / "0.txt").write_text(letter(77))
    said = facts("collect")
    assert (said["new"], said["updated"], said["total"]) == (0, 1, 3)


def test_one_source_gone_costs_the_others_nothing(letters: Path, mailbox: Path) -> None:
    gone = letters.parent / "gone"
    shutil.copytree(letters, gone)
    facts("sources", "add", gone)
    facts("sources", "add", mailbox)
    shutil.rmtree(gone)
    ran = run("collect", "--json")
    assert f"{gone} is gone" in ran.reason
    assert "sources remove" in ran.reason
    assert ran.facts["new"] == LETTERS
    assert len(ran.facts["failed"]) == 1


def test_a_paused_source_is_not_read_until_it_is_resumed(letters: Path, own_home: Path) -> None:
    facts("sources", "add", letters)
    facts("collect")
    assert facts("sources", "pause", letters)["paused"] is True
    assert facts("sources", "list")["sources"][0]["paused"] is True
    assert "(paused)" in run("sources", "list").out
    (letters / "3.txt").write_text(letter(3))
    assert run("collect").reason.startswith("all sources are paused")
    assert facts("status")["documents"] == 3
    assert facts("sources", "resume", letters)["paused"] is False
    assert facts("collect")["new"] == 1
    assert_whole(own_home)
