"""A disk that goes away during a run: the run waits for it, and nothing is held against it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from microtune.contracts import Progress
from microtune.errors import MicrotuneError
from microtune.store import Store
from microtune_adapters.gate import Unfit
from microtune_adapters.torch_base import load_torch_base
from tests.adapters.training import Training
from tests.adapters.writers import filled


@pytest.fixture
def store(training: Training) -> Iterator[Store]:
    with filled(training.home) as store:
        yield store


def test_a_run_whose_base_went_away_goes_on_when_it_is_back(
    training: Training, store: Store, tmp_path: Path
) -> None:
    training.base = Path(shutil.copy(training.base, tmp_path / "unplugged.gguf"))
    away = tmp_path / "away"

    def unplug(progress: Progress) -> None:
        if progress.step == 1:
            training.base.rename(away)

    with pytest.raises(MicrotuneError, match="cannot read") as caught:
        training.run(store, progress=unplug)
    assert not isinstance(caught.value, Unfit)
    run = store.runs.unfinished()
    assert run is not None
    away.rename(training.base)
    outcome = training.run(store)
    assert outcome.run == run.id
    assert outcome.verdict.promoted


def test_a_base_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(MicrotuneError, match="not there any more"):
        load_torch_base(tmp_path / "gone.gguf")
