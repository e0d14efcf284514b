"""`train --dry-run`: what would be done and how long it would take, by trying; nothing is kept."""

import tempfile
from pathlib import Path

import pytest

from tests.cli.conftest import LETTERS
from tests.cli.running import facts, run
from tests.tiny import tiny_base


@pytest.fixture(autouse=True)
def passing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files go that are not to last."""
    path = tmp_path / "passing"
    path.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    return path


def test_it_says_what_would_be_done_and_how_long_it_would_take(collected: Path) -> None:
    said = facts("train", "--dry-run", "--minutes", "2")
    assert said["status"] == "dry run"
    assert said["documents"] + said["heldout_documents"] < LETTERS + 1
    assert said["heldout_documents"] == 10
    assert said["recipe"]["minutes"] == 2
    assert said["peak_rss_mb"] > 100
    assert said["card_mb"] == 0 or said["card_mb"] > 100  # only where there is a card
    assert set(said["time"]) == {"loading", "training", "measuring"}
    assert min(said["time"].values()) > 0
    assert sum(said["time"].values()) == pytest.approx(said["seconds"], abs=0.03)


def test_people_read_it_in_three_lines(collected: Path) -> None:
    what, time, rest = run("train", "--dry-run").out.splitlines()
    assert what.startswith("Would train on ")
    assert "for at most 3 min" in what
    assert time.startswith("It would take about ")
    assert time.endswith(" to measure.")
    assert "MB" in rest


def test_nothing_is_recorded_and_nothing_is_left(collected: Path, passing: Path) -> None:
    there, lines = files(collected), facts("ledger")["lines"]
    facts("train", "--dry-run")
    assert files(collected) == there
    assert facts("ledger")["lines"] == lines
    assert facts("status")["last_run"] is None
    assert list(passing.iterdir()) == []


def test_the_adapter_in_use_stays_as_it_is(trained: Path, passing: Path) -> None:
    adapters = {path: path.read_bytes() for path in files(trained / "adapters")}
    last = facts("status")["last_run"]
    assert min(facts("train", "--dry-run", "--anew")["time"].values()) > 0
    assert {path: path.read_bytes() for path in files(trained / "adapters")} == adapters
    assert facts("status")["last_run"] == last
    assert [path for path in (trained / "runs").iterdir() if path.is_dir()] == []
    assert list(passing.iterdir()) == []


def test_it_is_refused_where_training_is(own_home: Path, tmp_path: Path) -> None:
    base = tiny_base(tmp_path / "mine.gguf")
    facts("init", "--base", base)
    assert "training needs at least 20 documents" in run("train", "--dry-run").reason
    base.write_bytes(b"GGUF and no more")
    assert "mine.gguf" in run("train", "--dry-run").reason


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
