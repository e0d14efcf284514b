"""However often training is stopped or killed, and at whatever step, the weights end the same.

The property is held for runs from scratch and for runs that go on from an adapter.
"""

import copy
import multiprocessing
import random
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microtune.contracts import Progress
from microtune.errors import Interrupted, MicrotuneError
from microtune_adapters.checkpoints import BEFORE, NAME, load_checkpoint
from microtune_adapters.gate import NoGain
from microtune_adapters.lora_weights import LoraWeights
from microtune_adapters.peft_format import read_peft
from microtune_adapters.torch_base import TorchBase
from microtune_adapters.torch_lora import lora_of
from microtune_adapters.torch_trainer import TorchTrainer
from tests.adapters.children import running_child
from tests.adapters.trainer_contract import (
    RECIPE,
    ROWS,
    STEPS,
    VALIDATION,
    after,
    largest_difference,
    never,
)
from tests.tiny import tiny_lora

SAME = 1e-6
STARTS = {"anew": None, "continued": tiny_lora()}
Train = Callable[..., LoraWeights]


@pytest.fixture(scope="module", params=STARTS)
def start(request: pytest.FixtureRequest) -> LoraWeights | None:
    return STARTS[request.param]


@pytest.fixture(scope="module")
def train(torch_base: TorchBase, start: LoraWeights | None) -> Train:
    """Train in a folder from where it stands, and give the weights."""

    def train(
        folder: Path,
        stop: Callable[[], bool] = never,
        report: Callable[[Progress], None] = lambda progress: None,
    ) -> LoraWeights:
        trainer = TorchTrainer(copy.deepcopy(torch_base.model), RECIPE, folder, start)
        return read_peft(trainer.train(ROWS, VALIDATION, STEPS, report, stop).folder)

    return train


@pytest.fixture(scope="module")
def whole(train: Train, tmp_path_factory: pytest.TempPathFactory) -> LoraWeights:
    """The weights of a run that was never interrupted."""
    return train(tmp_path_factory.mktemp("whole"))


def interrupted(train: Train, folder: Path, steps: int) -> None:
    with pytest.raises(Interrupted):
        train(folder, after(steps))


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(stops=st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_stopped_anywhere_it_ends_in_the_same_weights(
    train: Train, whole: LoraWeights, stops: list[int]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, done = Path(name), 0
        for steps in stops:
            if done + steps <= STEPS:
                interrupted(train, folder, steps)
                done += steps
        assert largest_difference(train(folder), whole) <= SAME


@pytest.mark.parametrize("seed", range(5))
def test_killed_at_any_moment_it_ends_in_the_same_weights(
    train: Train, whole: LoraWeights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """SIGKILL three times, each time some moments after a step, amid training or saving."""
    monkeypatch.setattr("microtune_adapters.trainer_loop.CHECKPOINT_SECONDS", 0.0)
    chance = random.Random(seed)
    for step in sorted(chance.sample(range(1, STEPS + 1), 3)):
        ended = killed_after(step, 2 * chance.random(), train, tmp_path)
        assert ended == -signal.SIGKILL or (step == STEPS and ended == 0)
    assert largest_difference(train(tmp_path), whole) <= SAME


def killed_after(step: int, steps_later: float, train: Train, folder: Path) -> int | None:
    """Train in a child, kill it so much later than it has done `step`, and return how it ended.

    Two steps later it waits for its end, so that it cannot be through before a busy machine lets
    its parent run; after the last step it is let go on into its end.
    """
    ours, theirs = multiprocessing.Pipe(duplex=False)
    held = min(step + 2, STEPS) if step < STEPS else STEPS + 1
    began = time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal began
        began, before = time.monotonic(), began
        if progress.step >= step:
            theirs.send(began - before)  # what a step takes here
        if progress.step >= held:
            time.sleep(600)

    with ours, running_child(lambda: train(folder, report=tell)) as child:
        theirs.close()  # the child's alone: if it fails, so does `recv`
        time.sleep(min(1.0, steps_later * ours.recv()))
        child.kill()  # harmless where it has ended
        child.join()
        return child.exitcode


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def one_bit(content: bytes) -> bytes:
    """Changed amid the weights, where nothing but a checksum can tell."""
    at = len(content) // 2
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def nothing(content: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [half, one_bit, nothing])
def test_from_the_checkpoint_before_a_damaged_one_it_ends_in_the_same_weights(
    train: Train, whole: LoraWeights, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    for steps in (3, 4):
        interrupted(train, tmp_path, steps)
    newest = tmp_path / NAME
    newest.write_bytes(damage(newest.read_bytes()))
    notes: list[Progress] = []
    assert largest_difference(train(tmp_path, report=notes.append), whole) <= SAME
    assert notes[0].step == 4
    assert all("damaged" in p.note and "one before, at step 3" in p.note for p in notes)


def test_when_both_are_damaged_it_begins_again_and_ends_in_the_same_weights(
    train: Train, whole: LoraWeights, tmp_path: Path
) -> None:
    for steps in (3, 4):
        interrupted(train, tmp_path, steps)
    for name in (NAME, BEFORE):
        (tmp_path / name).write_bytes(one_bit((tmp_path / name).read_bytes()))
    notes: list[Progress] = []
    assert largest_difference(train(tmp_path, report=notes.append), whole) <= SAME
    assert notes[0].step == 1
    assert all("began again" in p.note for p in notes)


def test_a_checkpoint_that_cannot_be_read_is_not_taken_for_damaged(
    train: Train, tmp_path: Path
) -> None:
    for steps in (3, 4):
        interrupted(train, tmp_path, steps)
    (tmp_path / NAME).unlink()
    (tmp_path / NAME).mkdir()  # EISDIR, even for root
    state = load_checkpoint(tmp_path).state
    assert (state.step, "could not be read" in state.note) == (3, True)
    (tmp_path / BEFORE).rename(tmp_path / "kept")
    (tmp_path / BEFORE).mkdir()
    with pytest.raises(MicrotuneError, match="Check that disk"):
        load_checkpoint(tmp_path)
    assert (tmp_path / NAME).exists()


def test_killed_between_the_two_renames_it_goes_on_from_the_one_before(
    train: Train, whole: LoraWeights, tmp_path: Path
) -> None:
    interrupted(train, tmp_path, 5)
    (tmp_path / NAME).rename(tmp_path / BEFORE)
    assert load_checkpoint(tmp_path).state.step == 5
    assert load_checkpoint(tmp_path).state.note == ""
    assert largest_difference(train(tmp_path), whole) <= SAME


def test_it_goes_on_from_the_weights_that_it_was_given(
    torch_base: TorchBase, tmp_path: Path
) -> None:
    trainer = TorchTrainer(copy.deepcopy(torch_base.model), RECIPE, tmp_path, tiny_lora())
    assert largest_difference(lora_of(trainer.weights, RECIPE), tiny_lora()) == 0
    trained = trainer.train(ROWS, VALIDATION, STEPS, lambda p: None, never)
    assert trained.validation[0][0] == 0
    assert min(loss for _, loss in trained.validation) < trained.validation[0][1]


def test_steps_that_only_make_it_worse_are_no_gain(
    torch_base: TorchBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("microtune_adapters.trainer_loop.learning_rate", lambda *_: -0.01)
    trainer = TorchTrainer(copy.deepcopy(torch_base.model), RECIPE, tmp_path, tiny_lora())
    with pytest.raises(NoGain, match="no step made the adapter better"):
        trainer.train(ROWS, VALIDATION, STEPS, lambda p: None, never)
    assert not (tmp_path / "peft").exists()
