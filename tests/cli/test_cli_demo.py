"""`demo`: the whole way on the bundled letters and base."""

from functools import partial
from pathlib import Path

import pytest

from microtune_adapters import judging
from microtune_adapters.bases import pocket_path
from tests.cli.running import facts, run
from tests.microtune.invented import letter


def test_a_home_with_texts_of_ones_own_is_left_alone(own_home: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text(letter(1))
    facts("sources", "add", tmp_path / "mine.txt")
    assert "holds sources of your own" in run("demo", "--home", own_home).reason
    assert facts("status")["sources"] == 1
    assert facts("status")["base"] is None


@pytest.mark.skipif(not pocket_path().exists(), reason="pocket is not here")
def test_the_whole_way_in_a_home_of_its_own(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Measured on a few of the held-out letters: all of them take it 40 s more."""
    monkeypatch.setattr(judging, "spread", partial(judging.spread, most=8))
    home = tmp_path / "demo"
    ran = run("demo", "--minutes", "0.02", "--home", home)
    assert (ran.code, ran.err) == (0, "")
    for step in ("1. Base: pocket", "2. Collected 4", "3. Trained ", "4. Bits per byte", '5. "'):
        assert f"\n{step}" in f"\n{ran.out}"
    for shown in ("adapter + retrieval", "The gate says: ", "Base alone:", "With the adapter:"):
        assert shown in ran.out
    assert ran.out.endswith("stayed on this machine.\n")
    stands = facts("status", "--home", home)
    assert stands["last_run"]["adapter"] in ran.out
    assert stands["documents"] > 400
    assert not own_home.exists()
