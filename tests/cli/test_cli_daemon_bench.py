"""The benchmark of the daemon at rest runs on a few files and its figures hang together."""

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
