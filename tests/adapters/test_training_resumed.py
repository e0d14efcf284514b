"""Training that is stopped, killed, refused or short of disk: what was done is kept."""

import resource
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from microtune.contracts import Progress
from microtune.errors import Interrupted, MicrotuneError
from microtune.store import Store
from tests.adapters.children import result_of_child, running_child
from tests.adapters.trainer_contract import after
from tests.adapters.training import Training, events, folders
from tests.adapters.writers import document, filled, keep


@pytest.fixture
def store(training: Training) -> Iterator[Store]:
    with filled(training.home) as store:
        yield store


def interrupted(training: Training, store: Store, stop: Callable[[], bool] | None = None) -> str:
    """Begin a run or go on with one, stop it (by itself after two steps), and return its id."""
    with pytest.raises(Interrupted):
        training.run(store, stop or after(2))
    run = store.runs.unfinished()
    assert run is not None
    assert run.state == "interrupted"
    assert folders(training.home) == [run.id]
    return run.id


def test_a_stopped_run_goes_on_where_it_was_and_ends(training: Training, store: Store) -> None:
    first = interrupted(training, store, after(2))
    assert [p.step for p in training.steps] == [1, 2]
    outcome = training.run(store)
    assert outcome.run == first
    assert [p.step for p in training.steps][:3] == [1, 2, 3]
    assert outcome.trained.steps == len(outcome.trained.losses) == training.steps[-1].step
    assert events(store).count("run started") == 1
    assert folders(training.home) == []


def test_a_run_stopped_while_measuring_only_measures_again(
    training: Training, store: Store
) -> None:
    first = interrupted(training, store, lambda: bool(training.prompts))
    trained = len(training.steps)
    outcome = training.run(store)
    assert outcome.run == first
    assert len(training.steps) == trained


def test_a_text_that_is_gone_is_not_trained_on_any_further(
    training: Training, store: Store
) -> None:
    first = interrupted(training, store)
    gone = store.runs.documents(first, "train")[0]
    keep(store, document(int(store.documents.get(gone).place.removesuffix(".txt")), "New text."))
    second = interrupted(training, store, after(1))
    assert second != first
    assert store.runs.get(first).state == "failed"
    assert "its texts are gone" in store.runs.get(first).reason
    assert gone not in store.runs.documents(second, "train")


def test_another_base_begins_anew(training: Training, store: Store, other_base_file: Path) -> None:
    first = interrupted(training, store)
    training.base = other_base_file
    assert interrupted(training, store, after(1)) != first
    assert store.runs.get(first).state == "failed"


@pytest.mark.parametrize("name", ["rows.npz", "plan.json"])
def test_a_damaged_plan_is_made_again(training: Training, store: Store, name: str) -> None:
    first = interrupted(training, store)
    path = training.home.runs / first / name
    path.write_bytes(path.read_bytes()[:10])
    training.steps.clear()
    assert interrupted(training, store, after(1)) == first
    assert training.steps[0].step == 1


@pytest.mark.parametrize("name", ["rows.npz", "plan.json"])
def test_a_plan_that_cannot_be_read_costs_no_training(
    training: Training, store: Store, name: str
) -> None:
    first = interrupted(training, store)
    path = training.home.runs / first / name
    kept = path.rename(path.with_suffix(".kept"))
    path.mkdir()  # EISDIR, even for root
    with pytest.raises(MicrotuneError, match="Check that disk"):
        training.run(store)
    path.rmdir()
    kept.rename(path)
    training.steps.clear()
    assert interrupted(training, store, after(1)) == first
    assert training.steps[0].step > 1


def test_one_run_at_a_time_and_a_killed_one_goes_on(
    training: Training, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("microtune_adapters.trainer_loop.CHECKPOINT_SECONDS", 0.0)
    signs = training.home.path / "steps"

    def train_elsewhere() -> None:
        def tell(progress: Progress) -> None:
            signs.write_text(str(progress.step))
            if progress.step == 3:
                time.sleep(600)  # until it is killed

        with Store.open(training.home) as own:
            training.run(own, progress=tell)

    with running_child(train_elsewhere) as child:
        wait_for(lambda: signs.exists() and signs.read_text() == "3")
        with pytest.raises(MicrotuneError, match=f"under way already, in process {child.pid}"):
            training.run(store)
        child.kill()
        child.join()
        assert child.exitcode == -signal.SIGKILL
    [first] = folders(training.home)
    outcome = training.run(store)
    assert outcome.run == first
    assert training.steps[0].step == 3  # killed between this step and its checkpoint
    assert folders(training.home) == []
    assert store.problems() == []
    assert store.ledger.verify() == []


def wait_for(true: Callable[[], bool], seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_an_ended_run_left_is_swept_away(training: Training, store: Store) -> None:
    leftover = training.home.runs / "0123456789ab"
    leftover.mkdir(parents=True)
    (leftover / "rows.npz").write_bytes(b"someone's words")
    interrupted(training, store, after(1))
    assert not leftover.exists()


def test_a_full_disk_gives_a_line_and_the_next_run_works(training: Training) -> None:
    with filled(training.home):
        pass
    limit = training.home.database.stat().st_size + 100_000

    def said() -> str:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        with Store.open(training.home) as store:
            try:
                training.run(store, minutes=100)  # rows of several epochs: more than the limit
            except MicrotuneError as error:
                return str(error)
        return "nothing"

    line = result_of_child(said)
    assert line.startswith(f"training could not write in {training.home.runs} (File too large)")
    assert "Make room" in line
    with Store.open(training.home) as store:
        assert store.problems() == []
        interrupted(training, store, after(1))
