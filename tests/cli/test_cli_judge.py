"""`drafts judge`: what became of a draft, told on the command line."""

from pathlib import Path

import pytest

from microtune.contracts import Generated, Sampling
from microtune.drafts import Draft
from microtune.locations import Home
from microtune.pairs import pairs_in
from microtune.store import Store
from microtune_tui.preferences import Preferences
from tests.cli.running import facts, run, run_apart


@pytest.fixture
def drafts(own_home: Path) -> tuple[str, str, str]:
    """Two drafts of one request, and one of another."""
    return record("One.", "plums"), record("Two.", "plums"), record("Three.", "pears")


def record(text: str, about: str) -> str:
    figures = Generated(1, 1, 1.0, 1.0, "stop")
    draft = Draft("write", {"about": about}, text, "b" * 64, "", Sampling(), figures)
    with Store.open(Home.find()) as store:
        return store.drafts.record(draft).id


def kept() -> list[tuple[str, str, str, str]]:
    with Store.open(Home.find()) as store:
        return [(v.draft, v.what, v.text, v.over) for v in store.verdicts.all()]


def test_a_text_as_it_was_sent_is_kept(drafts: tuple[str, str, str], tmp_path: Path) -> None:
    sent = tmp_path / "sent.txt"
    sent.write_text("One, then.\n")
    said = facts("drafts", "judge", drafts[0][:6], "--accepted", sent)
    assert said == {"draft": drafts[0], "verdict": "accepted", "over": ""}
    piped = run_apart("drafts", "judge", drafts[1], "--accepted", "-", given=b"Two, then.")
    assert piped.out == f"Noted: {drafts[1]} is accepted.\n"
    assert kept() == [
        (drafts[0], "accepted", "One, then.", ""),
        (drafts[1], "accepted", "Two, then.", ""),
    ]


def test_one_draft_is_better_than_another_of_the_same_request(
    drafts: tuple[str, str, str],
) -> None:
    one, two, other = drafts
    assert facts("drafts", "judge", two, "--over", one)["over"] == one
    assert (
        "not two drafts of the same request" in run("drafts", "judge", two, "--over", other).reason
    )
    assert "not two drafts of the same request" in run("drafts", "judge", two, "--over", two).reason
    with Store.open(Home.find()) as store:
        assert [(pair.chosen, pair.rejected) for pair in pairs_in(store)] == [("Two.", "One.")]
    facts("drafts", "judge", one, "--rejected")
    assert [what for _, what, _, _ in kept()] == ["preferred", "rejected"]


@pytest.mark.parametrize(
    "options", [(), ("--rejected", "--over", "abc"), ("--accepted", "-", "--rejected")]
)
def test_just_one_thing_is_said_of_a_draft(
    drafts: tuple[str, str, str], options: tuple[str, ...]
) -> None:
    ran = run("drafts", "judge", drafts[0], *options)
    assert ran.code == 2
    assert kept() == []


def test_where_nothing_is_to_be_kept_nothing_is(drafts: tuple[str, str, str]) -> None:
    Preferences(keep_edits=False).save(Home.find())
    assert "not kept here, as you chose" in run("drafts", "judge", drafts[0], "--rejected").reason
    assert kept() == []


def test_what_was_made_of_a_draft_is_forgotten(
    drafts: tuple[str, str, str], tmp_path: Path
) -> None:
    sent = tmp_path / "sent.txt"
    sent.write_text("Dear Tamsin, one.\n")
    facts("drafts", "judge", drafts[0], "--accepted", sent)
    said = facts("forget", "tamsin", "--yes")
    assert (said["documents"], said["drafts"], said["verdicts"]) == (0, 0, 1)
    assert kept() == []
