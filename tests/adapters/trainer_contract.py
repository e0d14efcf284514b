"""What every trainer does, whichever library computes."""

import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pytest
import torch

from microtune.contracts import Progress, Trained
from microtune.errors import Interrupted, MicrotuneError
from microtune_adapters.checkpoints import NAME
from microtune_adapters.general_texts import GeneralRows
from microtune_adapters.lora_weights import LoraWeights
from microtune_adapters.peft_format import read_peft
from microtune_adapters.recipes import Recipe
from microtune_adapters.rows import Encoded, Rows, packed
from microtune_adapters.strength import LEAST
from microtune_adapters.torch_base import TorchBase

LENGTH, STEPS = 64, 12
RECIPE = Recipe(rank=4, alpha=8, learning_rate=5e-3, row=LENGTH, batch=2, patience=100)


class Trainer(Protocol):
    def train(
        self,
        rows: Rows,
        validation: Rows,
        steps: int,
        report: Callable[[Progress], None],
        stop: Callable[[], bool],
    ) -> Trained: ...

    def calibrate(self, rows: Rows) -> float: ...

    def nats(self, rows: Rows) -> tuple[float, int]: ...

    def divergence(self, rows: Rows) -> tuple[float, float]: ...

    def bare(self) -> AbstractContextManager[Any]: ...


def phrase_rows(count: int, seed: int = 0) -> Rows:
    """Rows that all hold the same phrase, begun at different places: easy to know by heart."""
    chance, phrase = random.Random(seed), list(range(100, 148))
    turned = (phrase[at:] + phrase[:at] for at in (chance.randrange(48) for _ in range(count)))
    return packed([Encoded((1, *ids), 3) for ids in turned], LENGTH)


def noise_rows(count: int, seed: int = 0) -> Rows:
    """Rows from which nothing can be learned that helps with another's."""
    chance = random.Random(seed)
    return packed(
        [Encoded(tuple(chance.choices(range(512), k=50)), 3) for _ in range(count)], LENGTH
    )


ANCHORED = replace(RECIPE, learning_rate=1e-2, anchor=4.0)
ROWS, VALIDATION = phrase_rows(STEPS * RECIPE.batch), phrase_rows(2, seed=1)


def own_rows(base: TorchBase, count: int, seed: int) -> Rows:
    """What the base itself writes: whatever changes it makes that less likely."""
    torch.manual_seed(seed)
    ids = torch.randint(100, 500, (count, 3))
    for _ in range(45):
        with torch.no_grad():
            expected = base.model(input_ids=ids, use_cache=False).logits[:, -1].softmax(-1)
        ids = torch.cat([ids, torch.multinomial(expected, 1)], dim=1)
    return packed([Encoded(tuple(one), 3) for one in ids.tolist()], LENGTH)


def after(steps: int) -> Callable[[], bool]:
    """A `stop` that is true from its `steps`-th call on."""
    calls = iter(range(1, 10**6))
    return lambda: next(calls) >= steps


def never() -> bool:
    return False


class TrainerContract:
    """Inherit and provide `make(recipe, folder)`, a trainer of the tiny base."""

    def make(self, recipe: Recipe, folder: Path, general: GeneralRows | None = None) -> Trainer:
        raise NotImplementedError

    def poison(self, trainer: Trainer) -> None:
        """Make the next loss of this trainer no number."""
        raise NotImplementedError

    def train(
        self, folder: Path, stop: Callable[[], bool] = never, recipe: Recipe = RECIPE
    ) -> Trained:
        return self.make(recipe, folder).train(ROWS, VALIDATION, STEPS, lambda p: None, stop)

    def test_the_loss_falls_on_what_can_be_known_by_heart(self, tmp_path: Path) -> None:
        trained = self.train(tmp_path, recipe=replace(RECIPE, learning_rate=2e-2))
        assert trained.steps == len(trained.losses) == STEPS
        assert trained.losses[-1] < 0.7 * trained.losses[0]
        assert trained.validation[-1][1] < 0.7 * trained.validation[0][1]
        assert trained.tokens == ROWS.tokens

    def test_it_leaves_an_adapter_of_the_recipe(self, tmp_path: Path) -> None:
        weights = read_peft(self.train(tmp_path).folder, layers=2)
        assert (weights.rank, weights.scale) == (RECIPE.rank, RECIPE.alpha / RECIPE.rank)
        assert len(weights.modules) == 2 * len(RECIPE.targets)

    def test_the_same_seed_gives_the_same_weights_and_another_others(self, tmp_path: Path) -> None:
        one, same = (read_peft(self.train(tmp_path / name).folder) for name in "ab")
        other = self.train(tmp_path / "c", recipe=replace(RECIPE, seed=1))
        assert largest_difference(one, same) <= 1e-6
        assert largest_difference(one, read_peft(other.folder)) > 1e-3

    def test_calibrating_changes_nothing(self, tmp_path: Path) -> None:
        trainer = self.make(RECIPE, tmp_path / "calibrated")
        assert trainer.calibrate(ROWS) > 0
        trained = trainer.train(ROWS, VALIDATION, STEPS, lambda p: None, never)
        plain = self.train(tmp_path / "plain")
        assert trained.losses == pytest.approx(plain.losses, abs=1e-6)

    @pytest.mark.parametrize("steps", [(1,), (5, 3), (STEPS,)])
    def test_interrupted_and_resumed_is_as_never_interrupted(
        self, tmp_path: Path, steps: tuple[int, ...]
    ) -> None:
        whole = self.train(tmp_path / "whole")
        for count in steps:
            with pytest.raises(Interrupted, match="was saved"):
                self.train(tmp_path / "halting", after(count))
        halting = self.train(tmp_path / "halting")
        assert largest_difference(read_peft(whole.folder), read_peft(halting.folder)) <= 1e-6
        assert halting.losses == pytest.approx(whole.losses, abs=1e-6)
        assert (halting.steps, halting.tokens) == (whole.steps, whole.tokens)
        assert np.array(halting.validation) == pytest.approx(np.array(whole.validation), abs=1e-6)

    def test_a_stop_that_comes_and_goes_loses_no_step(self, tmp_path: Path) -> None:
        """`stop` is asked once a step, so it cannot change its mind between saving and ending."""
        said: list[Progress] = []
        asked = iter([False, False, True, False, True])
        with pytest.raises(Interrupted):
            self.make(RECIPE, tmp_path).train(
                ROWS, VALIDATION, STEPS, said.append, lambda: next(asked)
            )
        resumed = self.train(tmp_path)
        assert said[-1].step == 3
        assert len(resumed.losses) == STEPS

    @pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 not a checkpoint", None])
    def test_a_damaged_checkpoint_is_put_aside_and_training_starts_anew(
        self, tmp_path: Path, damage: bytes | None
    ) -> None:
        with pytest.raises(Interrupted):
            self.train(tmp_path, after(4))
        checkpoint = tmp_path / NAME
        whole = checkpoint.read_bytes()
        checkpoint.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
        trained = self.train(tmp_path)
        assert len(trained.losses) == STEPS

    def test_the_weights_of_the_best_validation_are_kept(self, tmp_path: Path) -> None:
        """What cannot be learned is only learned by heart: validation gets worse, and it stops."""
        recipe = replace(RECIPE, learning_rate=2e-2, patience=2)
        rows, validation = noise_rows(60), noise_rows(8, seed=1)
        said: list[Progress] = []
        trained = self.make(recipe, tmp_path).train(rows, validation, 30, said.append, never)
        best_step, best = min(trained.validation, key=lambda v: v[1])
        assert trained.steps < 30
        assert best < trained.validation[-1][1]
        until_best = replace(recipe, patience=100)
        again = self.make(until_best, tmp_path / "again")
        with pytest.raises(Interrupted):
            again.train(rows, validation, 30, lambda p: None, after(best_step))
        there = self.weights(again)
        assert largest_difference(read_peft(trained.folder), there) <= 1e-6

    @pytest.mark.parametrize("steps", [(1,), (5, 2)])
    def test_a_run_that_is_held_to_general_text_can_be_interrupted_too(
        self, tmp_path: Path, steps: tuple[int, ...]
    ) -> None:
        whole = self.held(tmp_path / "whole", ANCHORED)
        for count in steps:
            with pytest.raises(Interrupted):
                self.held(tmp_path / "halting", ANCHORED, after(count))
        halting = self.held(tmp_path / "halting", ANCHORED)
        assert largest_difference(read_peft(whole.folder), read_peft(halting.folder)) <= 1e-6
        assert whole.strength == halting.strength

    def test_an_anchor_lets_less_change_on_general_text(self, tmp_path: Path) -> None:
        """Both learn what they are to learn; what differs is what else has changed."""
        free, anchored = (
            self.held(tmp_path / f"{weight}", replace(ANCHORED, anchor=weight))
            for weight in (0.0, 20.0)
        )
        assert anchored.losses[-1] < 0.9 * anchored.losses[0]
        assert anchored.strength > free.strength

    def test_an_adapter_is_only_as_strong_as_general_text_allows(self, tmp_path: Path) -> None:
        free = replace(ANCHORED, anchor=0.0)
        weak, plain = self.held(tmp_path / "held", free), self.held(tmp_path / "all", free, whole=0)
        assert LEAST <= weak.strength < plain.strength == 1
        small, large = read_peft(weak.folder), read_peft(plain.folder)
        for name, (a, b) in large.modules.items():
            assert np.array_equal(small.modules[name][0], a)
            assert small.modules[name][1] == pytest.approx(b * weak.strength, rel=1e-5, abs=1e-8)

    def test_divergence_is_told_for_what_the_adapter_has_become(self, tmp_path: Path) -> None:
        """By the texts that decided nothing; and with the square of the strength, as it about
        goes, what was chosen is within what is allowed by those that did."""
        trainer = self.make(ANCHORED, tmp_path / "untrained", self.general)
        nothing, nats = trainer.divergence(self.general.measure)
        assert nothing == pytest.approx(0, abs=1e-3)
        with trainer.bare():
            assert nats == pytest.approx(trainer.nats(self.general.measure)[0], rel=1e-5)
        held = self.make(ANCHORED, tmp_path / "held", self.general)
        told = held.train(ROWS, VALIDATION, STEPS, lambda p: None, never).divergence
        moved, nats = held.divergence(self.general.measure)
        assert told == pytest.approx(moved / nats, rel=1e-4)
        assert told > 0
        assert self.held(tmp_path / "all", ANCHORED, whole=0).divergence == 0

    @pytest.fixture(autouse=True)
    def _general(self, torch_base: TorchBase) -> None:
        self.general = GeneralRows(
            anchor=own_rows(torch_base, 6, seed=2),
            steer=own_rows(torch_base, 4, seed=3),
            measure=own_rows(torch_base, 4, seed=4),
        )

    def held(
        self, folder: Path, recipe: Recipe, stop: Callable[[], bool] = never, whole: int = 1
    ) -> Trained:
        """Trained with general texts, or without (`whole` 0)."""
        trainer = self.make(recipe, folder, self.general if whole else None)
        return trainer.train(ROWS, VALIDATION, STEPS, lambda p: None, stop)

    def weights(self, trainer: Trainer) -> LoraWeights:
        """The weights as they stand in the trainer."""
        raise NotImplementedError

    def test_a_loss_that_is_no_number_ends_it_with_a_line(self, tmp_path: Path) -> None:
        trainer = self.make(RECIPE, tmp_path)
        self.poison(trainer)
        with pytest.raises(MicrotuneError, match="training broke down at step 0: the loss is nan"):
            trainer.train(ROWS, VALIDATION, STEPS, lambda p: None, never)
        assert not (tmp_path / "peft").exists()

    def test_progress_counts_up_and_time_left_goes_down_to_nothing(self, tmp_path: Path) -> None:
        said: list[Progress] = []
        self.make(RECIPE, tmp_path).train(ROWS, VALIDATION, STEPS, said.append, never)
        assert [p.step for p in said] == list(range(1, STEPS + 1))
        assert said[-1].seconds_left == 0
        assert said[0].seconds_left > 0
        assert [p.tokens for p in said] == sorted(p.tokens for p in said)


def largest_difference(one: LoraWeights, other: LoraWeights) -> float:
    assert one.modules.keys() == other.modules.keys()
    return max(
        float(np.abs(a - b).max())
        for name in one.modules
        for a, b in zip(one.modules[name], other.modules[name], strict=True)
    )
