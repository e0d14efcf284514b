"""The benchmarks of the daemon and of incremental runs: on little, their figures hang together."""

from pathlib import Path

import pytest

from tests.house.test_bench import BENCH, bench


@pytest.mark.timeout(900)
def test_the_daemon_at_rest_is_measured() -> None:
    result, markdown = bench("daemon_idle.py", "--minutes", 0.05, "--files", 40, "--sources", 2)
    assert result["files"] == 40
    assert 10 < result["rss_mb"] < 200
    assert 0 <= result["core_share"] < 1
    assert result["event_s"] > 0
    assert "2 sources with 40 files" in markdown


@pytest.mark.timeout(900)
def test_a_days_writing_is_measured_for_archives_of_two_sizes(
    base_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is measured; the page compares it with one that is made up after it."""
    options = ("--base", base_file, "--documents", 60, "--day", 8, "--scratch", 0.3)
    result, markdown = bench("incremental.py", *options)
    (one,) = result["archives"]
    assert one["collected"] == 8
    assert one["first"]["how"] == "anew"
    assert one["day"]["how"] == "continued"
    assert one["day"]["new_documents"] <= 8
    assert one["day"]["tokens"] > 0
    assert "From 60 to 60 documents" in markdown

    monkeypatch.syspath_prepend(str(BENCH))
    import incremental

    day = {**one["day"], "tokens": 3 * one["day"]["tokens"]}
    both = {**result, "archives": [one, {**one, "documents": 120, "day": day}]}
    compared = incremental.markdown(both)
    assert "From 60 to 120 documents (2 times as many)" in compared
    assert "the day's run takes 3.00 times the tokens" in compared
