"""Training, measuring and drafting on mlx through the command line, where it is named."""

from pathlib import Path

import pytest

from microtune_adapters import backends
from microtune_adapters.engine import remote
from tests.cli.conftest import MINUTES, PACE
from tests.cli.running import assert_whole, facts, run

pytest.importorskip("mlx_lm", reason="mlx-lm does not load here", exc_type=ImportError)

from microtune_adapters.mlx_trainer import MlxTrainer


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The back ends of the engines that are started."""
    started: list[str] = []
    make = remote.WorkerProcess

    def noted(arguments: list[str]) -> remote.WorkerProcess:
        started.append(arguments[-1])
        return make(arguments)

    monkeypatch.setattr(remote, "WorkerProcess", noted)
    return started


def test_what_mlx_trains_is_judged_served_and_kept_as_any_other(
    collected: Path, monkeypatch: pytest.MonkeyPatch, engines: list[str]
) -> None:
    monkeypatch.setenv(backends.VARIABLE, backends.MLX)
    monkeypatch.setattr(MlxTrainer, "calibrate", lambda self, rows: PACE)
    trained = facts("train", "--minutes", MINUTES)
    assert trained["status"] == "promoted"
    assert facts("status")["active"] == trained["adapter"]
    shown = facts("adapters", "show", trained["adapter"])
    fidelity = shown["measurements"]["fidelity"]
    assert (fidelity["cosine"] > 0.999, fidelity["problem"]) == (True, "")
    for back_end in (backends.MLX, backends.TORCH):
        monkeypatch.setenv(backends.VARIABLE, back_end)
        assert facts("write", "A letter about tea")["adapter"] == trained["adapter"]
        assert engines[-1] == back_end
    assert set(engines[:-1]) == {backends.MLX}


def test_a_back_end_that_is_none_is_refused_in_a_line(
    collected: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(backends.VARIABLE, "cuda")
    for command in (("train",), ("write", "A letter")):
        assert "MICROTUNE_BACKEND is 'cuda', and only 'mlx'" in run(*command).reason
    assert_whole(collected)
