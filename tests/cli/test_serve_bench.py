"""The benchmark of `microtune serve`: on little, its figures hang together."""

from pathlib import Path

import pytest

from tests.house.test_bench import bench


@pytest.mark.timeout(600)
def test_the_engine_and_the_server_are_asked_for_the_same_texts(trained: Path) -> None:
    result, markdown = bench("serving.py", "--home", trained, "--rounds", 2, "--tokens", 8)
    assert result["same_texts"]
    assert result["base"] == "tiny-0"
    for way in ("engine", "served"):
        assert result[way]["first_token_ms"] > 0
        assert result[way]["tokens_per_s"] > 0
    assert "Medians of 2 answers each" in markdown


@pytest.mark.timeout(600)
def test_the_forms_of_a_prompt_are_compared(trained: Path) -> None:
    result, markdown = bench("serving_forms.py", "--home", trained)
    bits = result["bits_per_byte"]
    assert result["texts"] == 10
    assert set(bits) == {"me", "base"}
    assert all(0 < value < 20 for side in bits.values() for form in side.values() for value in form)
    assert "10 held-out texts, base tiny-0" in markdown
