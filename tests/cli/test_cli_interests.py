"""A browser's history through the command line: kept as interests, never trained on."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.running import assert_whole, facts, run

TITLES = 30


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Thirty pages that were visited long after Ann's last letter."""
    path = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("CREATE TABLE moz_places (id, url, title, hidden, last_visit_date)")
        for n in range(TITLES):
            title = f"How to mend the violin of house number {n} in the harbour"
            row = (n, f"https://music.example/{n}", title, 1_700_000_000_000_000 + n)
            database.execute("INSERT INTO moz_places VALUES (?, ?, ?, 0, ?)", row)
    return path


def test_interests_are_in_no_training_and_no_held_out_texts(collected: Path, history: Path) -> None:
    planned, stood = facts("train", "--dry-run"), facts("status")
    facts("sources", "add", history, "--kind", "browser")
    assert facts("collect")["new"] == TITLES
    again, stands = facts("train", "--dry-run"), facts("status")
    for name in ("documents", "words", "heldout_documents"):
        assert again[name] == planned[name]
    assert stands["kinds"] == {**stood["kinds"], "interest": TITLES}
    assert (stands["documents"], stands["words"]) == (stood["documents"], stood["words"])
    assert facts("collect")["new"] == 0
    assert_whole(collected)


def test_a_draft_lists_them_apart_from_own_passages(collected: Path, history: Path) -> None:
    facts("sources", "add", history, "--kind", "browser")
    facts("collect")
    said = facts("write", "The violin by the harbour", "--length", "5", "--adapter", "none")
    assert len(said["interests"]) == 5
    assert {one["host"] for one in said["interests"]} == {"music.example"}
    titles = {one["title"] for one in said["interests"]}
    assert not titles & {one["text"] for one in said["retrieved"]}
    facts("sources", "remove", history)
    assert facts("write", "The violin", "--length", "5", "--adapter", "none")["interests"] == []


@pytest.mark.parametrize("pattern", ["music.example", "music.example/", "*.example"])
def test_an_excluded_host_is_an_interest_no_more(
    own_home: Path, history: Path, pattern: str
) -> None:
    facts("sources", "add", history, "--kind", "browser")
    facts("collect")
    facts("sources", "exclude", pattern)
    facts("collect")
    assert facts("status")["kinds"] == {}


def test_consent_to_a_history_says_what_it_is_for(own_home: Path, history: Path) -> None:
    assert "--kind browser" in run("sources", "add", history).reason
    facts("sources", "add", history, "--kind", "browser")
    (line,) = [x for x in facts("ledger")["lines"] if x["event"] == "source added"]
    assert "never train on them" in json.dumps(line["data"])
