"""A run under way can be looked at from outside, and its curve stands in its record afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from microtune.contracts import Progress
from microtune.errors import Interrupted
from microtune.store import Store
from microtune_adapters import run_progress
from microtune_adapters.run_progress import FILE, ProgressLog, RunProgress, curve_of, thinned
from microtune_adapters.run_values import Listener
from tests.adapters.training import Training, folders
from tests.adapters.writers import filled


@pytest.fixture
def store(training: Training) -> Iterator[Store]:
    with filled(training.home) as store:
        yield store


def told(step: int, loss: float = 2.0) -> Progress:
    return Progress(step, 10, loss, step * 100, step * 1.0, 10.0 - step, validation=((1, 2.5),))


def test_a_run_shows_how_it_stands_and_its_record_keeps_the_curve(
    training: Training, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_progress, "WRITTEN_EVERY_S", 0.0)
    seen: list[RunProgress | None] = []

    def look(progress: Progress) -> None:
        if len(training.steps) == 4:
            [folder] = folders(training.home)
            seen.append(RunProgress.load(training.home.runs / folder))
            raise KeyboardInterrupt  # as good as a kill: what was written is what there is

    with pytest.raises(KeyboardInterrupt):
        training.run(store, progress=look)
    [now] = seen
    assert now is not None
    assert (now.stage, now.total) == ("training", 10)
    assert now.curve
    outcome = training.run(store)
    record = store.runs.get(outcome.run).measurements
    assert record is not None
    steps = [step for step, _ in curve_of(record["curve"])]
    assert steps == sorted(set(steps))
    assert steps[-1] == outcome.trained.steps


def test_an_interrupted_run_goes_on_with_its_curve(tmp_path: Path) -> None:
    first = ProgressLog(tmp_path / "run", Listener())
    for step in (1, 2, 3):
        first.listener().progress(told(step))
    first.listener().stage("measuring")  # is written at once
    second = ProgressLog(tmp_path / "run", Listener())
    for step in (3, 4):
        second.listener().progress(told(step, loss=1.0))
    assert second.figures() == {"curve": ((1, 2.0), (2, 2.0), (3, 1.0), (4, 1.0))}


def test_it_tells_the_run_s_own_listener_all_the_same(tmp_path: Path) -> None:
    heard: list[object] = []

    def stage(words: str) -> None:
        heard.append(words)
        raise Interrupted("stopped", "")

    log = ProgressLog(tmp_path / "run", Listener(stage, heard.append, lambda *n: heard.append(n)))
    log.listener().progress(told(1))
    log.listener().scored(3, 40)
    with pytest.raises(Interrupted):
        log.listener().stage("exporting")
    assert heard == [told(1), (3, 40), "exporting"]


def test_a_disk_that_takes_nothing_ends_no_run(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("no folder")
    log = ProgressLog(tmp_path / "run", Listener())
    log.listener().progress(told(1))
    assert log.figures() == {"curve": ((1, 2.0),)}


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "3", '{"curve": []}', '{"curve": 3, "aside": []}', '{"a": 1}']
)
def test_a_damaged_file_says_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    assert RunProgress.load(tmp_path) is None


def test_a_thinned_curve_keeps_its_ends() -> None:
    points = [(step, 1.0 / step) for step in range(1, 1001)]
    kept = thinned(points, 50)
    assert len(kept) == 50
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert thinned(points[:7], 50) == tuple(points[:7])
