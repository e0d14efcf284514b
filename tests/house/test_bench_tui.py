"""The benchmark of the assistant runs on a tiny home and prints figures that hang together."""

from pathlib import Path

from tests.house.test_bench import bench
from tests.tiny import tiny_base
from tests.tui.homes import home_with_letters, with_adapter


def test_the_assistant_is_timed_in_a_terminal(tmp_path: Path) -> None:
    home = tmp_path / "home"
    wiring = home_with_letters(home)
    wiring.choose_base(str(tiny_base(tmp_path / "tiny.gguf")))
    with_adapter(wiring, tmp_path, tmp_path / "tiny.gguf")
    before = sorted(path for path in home.rglob("*") if path.suffix not in {".db-shm", ".db-wal"})
    few = ("--starts", 1, "--keys", 2, "--drafts", 1, "--kilobytes", 5, "--no-training")

    result, markdown = bench("tui.py", "--home", home, *few)

    (start,) = result["starts"]
    assert 0 < start["shown_ms"] < start["ready_ms"]
    assert result["bare_ms"][0] > 0
    assert len(result["keys"]["idle"]) == 2
    assert all(ms > 0 for taken in result["first_ms"].values() for ms in taken)
    assert result["paste"]["draft"]["shown_ms"] > 0
    assert result["imports"]["heavy"] == result["libraries"] == []
    assert all(tokens >= 0 for tokens in result["cancel_tokens"])  # how many is a matter of time
    assert "| start to the first whole screen | 1 |" in markdown
    after = sorted(path for path in home.rglob("*") if path.suffix not in {".db-shm", ".db-wal"})
    assert after == before  # it worked on a copy
