"""The benchmarks of the daemon and of incremental runs: on little, their figures hang together."""

from pathlib import Path

import pytest

from tests.house.test_bench import bench


@pytest.mark.timeout(900)
def test_the_daemon_at_rest_is_measured() -> None:
    result, markdown = bench("daemon_idle.py", "--minutes", 0.05, "--files", 40, "--sources", 2)
    assert result["files"] == 40
    assert 10 < result["rss_mb"] < 200
    assert 0 <= result["core_share"] < 1
    assert result["event_s"] > 0
    assert "2 sources with 40 files" in markdown


@pytest.mark.timeout(900)
def test_a_days_writing_is_measured_for_archives_of_two_sizes(base_file: Path) -> None:
    options = ("--base", base_file, "--documents", 60, 90, "--day", 8, "--scratch", 0.05)
    result, markdown = bench("incremental.py", *options)
    for one in result["archives"]:
        assert one["collected"] == 8
        assert one["first"]["how"] == "anew"
        assert one["day"]["how"] == "continued"
        assert one["day"]["new_documents"] <= 8
        assert one["day"]["tokens"] > 0
    assert "From 60 to 90 documents" in markdown
