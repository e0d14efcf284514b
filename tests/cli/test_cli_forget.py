"""`forget`: texts are erased with all that learned from them, and the person is asked first."""

import shutil
from pathlib import Path

import pytest

from microtune.locations import Home
from microtune.store import Store
from tests.cli.conftest import LETTERS, MINUTES
from tests.cli.running import assert_whole, facts, run, run_apart
from tests.collectors.letters import ME
from tests.microtune.invented import letter
from tests.microtune.leftovers import forget, left_of, marked, marks


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """Three notes with words of their own."""
    folder = tmp_path / "notes"
    folder.mkdir()
    for n in range(3):
        (folder / f"{n}.txt").write_text(marked(n))
    return folder


def test_a_phrase_is_looked_at_first_then_forgotten(notes: Path, own_home: Path) -> None:
    facts("sources", "add", notes)
    facts("collect")
    word = marks(1)[0]
    looked = facts("forget", word, "--dry-run")
    assert (looked["dry_run"], looked["what"], looked["documents"]) == (True, "phrase", 1)
    assert word in looked["samples"][0]["text"]
    assert "Would forget all that contains" in run("forget", word, "--dry-run").out
    assert facts("status")["documents"] == 3
    done = facts("forget", word, "--yes")
    assert (done["documents"], done["drafts"], done["adapters"]) == (1, 0, [])
    assert left_of(own_home, marks(1)) == []
    assert (notes / "1.txt").read_text() == marked(1)
    said = facts("collect")
    assert (said["new"], said["total"]) == (0, 2)
    assert_whole(own_home)


def test_without_anybody_to_ask_a_yes_is_wanted(notes: Path) -> None:
    facts("sources", "add", notes)
    facts("collect")
    reason = run_apart("forget", str(notes)).reason
    assert "nobody to ask" in reason
    assert "--yes" in reason
    assert facts("status")["documents"] == 3


def test_a_source_is_forgotten_as_it_was_typed(
    notes: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts("sources", "add", notes)
    facts("collect")
    monkeypatch.chdir(notes.parent)
    done = facts("forget", "notes", "--yes")
    assert (done["documents"], done["source"]) == (3, str(notes))
    assert facts("sources", "list")["sources"] == []
    assert left_of(own_home, [word for n in range(3) for word in marks(n)]) == []
    assert "nothing that is kept contains" in run("forget", "notes", "--yes").reason


def test_a_removed_source_can_still_be_forgotten(notes: Path, own_home: Path) -> None:
    facts("sources", "add", notes)
    facts("collect")
    facts("sources", "remove", notes)
    assert left_of(own_home, marks(1))
    assert facts("forget", notes, "--yes")["documents"] == 3
    assert left_of(own_home, marks(1)) == []


def test_the_adapter_that_learned_from_it_is_no_more(trained: Path, mailbox: Path) -> None:
    active = facts("status")["active"]
    run("adapters", "export", active, trained / "mine.zip")
    word = letter(3).split(".")[0]
    done = facts("forget", word, "--yes")
    assert done["documents"] == 1
    assert (done["adapters"], done["exported"]) == ([active], [active])
    assert facts("status")["active"] is None
    [kept] = facts("adapters", "list")["adapters"]
    assert (kept["id"], kept["state"], kept["verdict"]) == (active, "retired", "erased")
    shown = run("adapters", "show", active)
    assert "learned from texts that were forgotten" in shown.out
    for refused in (
        ("adapters", "use", active),
        ("write", "Thank Ben", "--adapter", active),
        ("evaluate", "--adapter", active),
        ("adapters", "export", active, trained / "again.zip"),
    ):
        assert f"{active} is no more" in run(*refused).reason
    assert facts("evaluate")["adapter"] == ""
    assert facts("doctor")["problems"] == []
    again = facts("train", "--minutes", MINUTES)
    assert (again["how"], again["status"]) == ("anew", "promoted")
    assert facts("collect")["total"] == LETTERS - 1
    assert_whole(trained)


CUT_OFF = """
import os, signal
from microtune_adapters import erasing
erasing.{where} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("where", ["settle_alone", "_clear_runs", "shutil.rmtree"])
def test_killed_in_between_the_same_command_ends_it(trained: Path, where: str) -> None:
    word = letter(3).split(".")[0]
    active = facts("status")["active"]
    before = CUT_OFF.format(where=where)
    if where == "shutil.rmtree":  # nothing to remove: the kill never comes
        before = "import microtune.store, os, signal\n" + (
            "microtune.store.Store.scrub = lambda self: os.kill(os.getpid(), signal.SIGKILL)"
        )
    cut = run_apart("forget", word, "--yes", before=before)
    assert cut.code == -9
    assert facts("status")["documents"] == LETTERS - 1
    assert "microtune forget" in str(facts("doctor")["problems"])
    done = facts("forget", word, "--yes")
    assert (done["documents"], done["adapters"]) == (0, [active])
    assert left_of(trained, [word]) == []
    assert facts("doctor")["problems"] == []
    assert "there is nothing to forget" in run("forget").reason
    assert_whole(trained)


def test_without_a_name_it_ends_what_was_cut_off(trained: Path) -> None:
    with Store.open(Home(trained)) as store:
        forget(store, letter(3).split(".")[0])
    ran = run("forget")
    assert ran.code == 0
    assert ran.out.startswith("What was cut off is ended now.\nRetired, their weights deleted: ")
    assert run("forget").reason.startswith("there is nothing to forget.")


def test_what_is_not_there_is_said(collected: Path) -> None:
    assert "nothing that is kept contains 'zeppelin'" in run("forget", "zeppelin", "--yes").reason
    assert "too short" in run("forget", "a", "--yes").reason
    assert facts("status")["documents"] == LETTERS


def test_two_sources_with_the_same_texts(mailbox: Path, tmp_path: Path) -> None:
    """Forgetting one leaves what its owner keeps in the other, by consent."""
    copy = Path(shutil.copy(mailbox, tmp_path / "Copy.mbox"))
    for place in (mailbox, copy):
        facts("sources", "add", place, "--me", ME)
    facts("collect")
    facts("forget", mailbox, "--yes")
    assert facts("collect")["total"] == LETTERS
