"""Learning from pairs beside texts: what is better gets likelier, and it can be interrupted."""

import copy
import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from microtune.contracts import Progress
from microtune.errors import Interrupted
from microtune_adapters.lora_weights import LoraWeights
from microtune_adapters.packed_loss import row_losses, summed_loss
from microtune_adapters.peft_format import read_peft
from microtune_adapters.rows import Encoded, Rows, one_a_row
from microtune_adapters.torch_base import TorchBase
from microtune_adapters.torch_pairs import PASSES, PairLesson
from microtune_adapters.torch_trainer import TorchTrainer
from tests.adapters.trainer_contract import (
    LENGTH,
    RECIPE,
    ROWS,
    STEPS,
    VALIDATION,
    after,
    largest_difference,
    never,
)

COUNT = 5


def pairs() -> Rows:
    """The better text counts up, the other is noise."""
    chance = random.Random(0)
    texts = []
    for number in range(COUNT):
        texts.append(Encoded((1, 2, *range(100 + number, 120 + number)), 2))
        texts.append(Encoded((1, 2, *chance.choices(range(512), k=25)), 2))
    return one_a_row(texts, LENGTH)


def trained(
    base: TorchBase, folder: Path, rows: Rows | None, stop: Callable[[], bool] = never
) -> LoraWeights:
    trainer = TorchTrainer(copy.deepcopy(base.model), RECIPE, folder, pairs=rows)
    report: Callable[[Progress], None] = lambda progress: None  # noqa: E731
    return read_peft(trainer.train(ROWS, VALIDATION, STEPS, report, stop).folder)


def lead(base: TorchBase, folder: Path, rows: Rows | None) -> float:
    """How much likelier the better texts are by the token, on average, after training."""
    trainer = TorchTrainer(copy.deepcopy(base.model), RECIPE, folder, pairs=rows)
    trainer.train(ROWS, VALIDATION, STEPS, lambda p: None, never)
    with torch.no_grad():
        nats, counts = row_losses(trainer.network, pairs())
    by_token = nats / counts
    return float((by_token[1::2] - by_token[::2]).mean())


def test_the_better_text_gets_likelier_than_the_other(
    torch_base: TorchBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("microtune_adapters.torch_pairs.WEIGHT", 0.5)  # to show in few steps
    without = lead(torch_base, tmp_path / "without", None)
    assert lead(torch_base, tmp_path / "with", pairs()) > without + 0.1


@pytest.mark.parametrize("steps", [(1,), (5, 3), (STEPS,)])
def test_interrupted_and_resumed_is_as_never_interrupted(
    torch_base: TorchBase, tmp_path: Path, steps: tuple[int, ...]
) -> None:
    whole = trained(torch_base, tmp_path / "whole", pairs())
    for count in steps:
        with pytest.raises(Interrupted):
            trained(torch_base, tmp_path / "halting", pairs(), after(count))
    halting = trained(torch_base, tmp_path / "halting", pairs())
    assert largest_difference(whole, halting) <= 1e-6


@pytest.mark.parametrize(("count", "steps"), [(1, 1), (3, 100), (30, 10), (7, 28), (5, 21)])
def test_pairs_are_spread_evenly_over_the_steps(count: int, steps: int) -> None:
    text = Encoded((1, 2, 3), 1)
    lesson = PairLesson(one_a_row([text] * (2 * count), 4))
    seen = [lesson.due(step, steps) for step in range(steps)]
    which = [at.start for at in seen if at]
    assert len(which) == min(steps, PASSES * count)
    assert which == [number % count for number in range(len(which))]
    gaps = [i for i, at in enumerate(seen) if at]
    assert max((b - a for a, b in pairwise(gaps)), default=1) <= -(-steps // len(which))


def test_the_losses_of_rows_add_up(torch_base: TorchBase) -> None:
    with torch.no_grad():
        nats, counts = row_losses(torch_base.model, pairs())
        total, count = summed_loss(torch_base.model, pairs())
        short, _ = row_losses(torch_base.model, pairs().trimmed())
    assert float(nats.sum()) == pytest.approx(float(total), rel=1e-5)
    assert int(counts.sum()) == count
    assert torch.allclose(nats, short, rtol=1e-4)
