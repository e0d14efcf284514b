"""The mlx-lm trainer keeps the contract, and is the torch trainer's equal in what it computes."""

import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from microtune.errors import Interrupted, MicrotuneError
from microtune_adapters.anchor import Anchor
from microtune_adapters.checkpoints import Checkpoint, Saved
from microtune_adapters.gate import NoGain
from microtune_adapters.general_texts import GeneralRows
from microtune_adapters.lora_weights import LoraWeights
from microtune_adapters.peft_format import read_peft
from microtune_adapters.recipes import Recipe
from microtune_adapters.rows import Encoded, Rows, one_a_row, packed
from microtune_adapters.torch_base import TorchBase
from microtune_adapters.torch_lora import lora_of
from microtune_adapters.torch_trainer import TorchTrainer
from tests.adapters.test_torch_pairs import pairs
from tests.adapters.trainer_contract import (
    RECIPE,
    ROWS,
    STEPS,
    VALIDATION,
    Trainer,
    TrainerContract,
    after,
    largest_difference,
    never,
)
from tests.tiny import tiny_lora

mx = pytest.importorskip("mlx.core", reason="mlx does not load here", exc_type=ImportError)

from microtune_adapters.mlx_base import MlxBase  # noqa: E402
from microtune_adapters.mlx_loss import row_losses, summed_loss  # noqa: E402
from microtune_adapters.mlx_trainer import MlxTrainer  # noqa: E402

# peft 0.21 asks transformers 5 for a property by its old name
pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")


class TestMlxTrainer(TrainerContract):
    @pytest.fixture(autouse=True)
    def _base(self, mlx_base: MlxBase) -> None:
        self.base = mlx_base

    def make(self, recipe: Recipe, folder: Path, general: GeneralRows | None = None) -> MlxTrainer:
        return MlxTrainer(copy.deepcopy(self.base.model), recipe, folder, general=general)

    def poison(self, trainer: Trainer) -> None:
        assert isinstance(trainer, MlxTrainer)
        trainer.model.model.norm.weight *= float("nan")

    def weights(self, trainer: Trainer) -> LoraWeights:
        assert isinstance(trainer, MlxTrainer)
        return lora_of(trainer.weights_now(), trainer.recipe)


def mlx_trainer(base: MlxBase, folder: Path, start: LoraWeights | None = None) -> MlxTrainer:
    return MlxTrainer(copy.deepcopy(base.model), RECIPE, folder, start)


def torch_trainer(base: TorchBase, folder: Path, start: LoraWeights | None = None) -> TorchTrainer:
    return TorchTrainer(copy.deepcopy(base.model), RECIPE, folder, start)


def trained(trainer: Trainer) -> LoraWeights:
    return read_peft(trainer.train(ROWS, VALIDATION, STEPS, lambda p: None, never).folder)


def test_from_the_same_weights_both_trainers_take_the_same_way(
    mlx_base: MlxBase, torch_base: TorchBase, tmp_path: Path
) -> None:
    start = tiny_lora()
    ours = trained(mlx_trainer(mlx_base, tmp_path / "mlx", start))
    theirs = trained(torch_trainer(torch_base, tmp_path / "torch", start))
    assert largest_difference(ours, start) > 0.01
    assert largest_difference(ours, theirs) < 1e-3


@pytest.mark.parametrize("first", ["mlx", "torch"])
def test_a_run_that_began_with_one_library_goes_on_with_the_other(
    mlx_base: MlxBase, torch_base: TorchBase, tmp_path: Path, first: str
) -> None:
    def begun(library: str, folder: Path) -> Trainer:
        if library == "mlx":
            return mlx_trainer(mlx_base, folder, tiny_lora())
        return torch_trainer(torch_base, folder, tiny_lora())

    whole = trained(begun(first, tmp_path / "whole"))
    with pytest.raises(Interrupted):
        begun(first, tmp_path / "both").train(ROWS, VALIDATION, STEPS, lambda p: None, after(5))
    second = "torch" if first == "mlx" else "mlx"
    assert largest_difference(trained(begun(second, tmp_path / "both")), whole) < 1e-3


def test_a_checkpoint_without_the_optimisers_averages_is_told(
    mlx_base: MlxBase, tmp_path: Path
) -> None:
    trainer = mlx_trainer(mlx_base, tmp_path)
    saved = Saved(Checkpoint(step=3), trainer.weights_now(), {"state": {0: {"step": 3}}})
    with pytest.raises(MicrotuneError, match="another version of microtune"):
        trainer.set_optimiser(saved)


def test_what_mlx_trained_is_the_same_adapter_in_torch(
    mlx_base: MlxBase, torch_base: TorchBase, tmp_path: Path
) -> None:
    """Top-1 agreement of all logits over some rows; see the aim in docs/backends.md."""
    from peft import PeftModel

    trainer = mlx_trainer(mlx_base, tmp_path)
    trainer.recipe = replace(RECIPE, learning_rate=2e-2)
    folder = trainer.train(ROWS, VALIDATION, STEPS, lambda p: None, never).folder
    ids = np.random.default_rng(3).integers(3, 512, (8, 128))
    bare = np.array(mlx_base.model(mx.array(ids)))
    ours = np.array(trainer.model(mx.array(ids)))
    network = PeftModel.from_pretrained(copy.deepcopy(torch_base.model), folder)
    with torch.no_grad():
        theirs = network(torch.tensor(ids)).logits.numpy()
    assert np.abs(ours - bare).max() > 0.5
    assert np.abs(ours - theirs).max() < 1e-4
    assert (ours.argmax(-1) == theirs.argmax(-1)).mean() >= 0.999


def test_packed_examples_do_not_see_each_other(mlx_base: MlxBase) -> None:
    """Side by side in a row they cost the nats that they cost alone, wherever they stand in it."""
    chance = np.random.default_rng(5)
    texts = [Encoded(tuple(chance.integers(3, 512, n).tolist()), 3) for n in (17, 30, 9, 25)]
    together, alone = packed(texts, 128), one_a_row(texts, 128)
    assert (len(together), len(alone)) == (1, 4)
    nats, count = summed_loss(mlx_base.model, together)
    apart, same = summed_loss(mlx_base.model, alone)
    assert count == same
    assert float(nats) == pytest.approx(float(apart), rel=1e-5)
    by_row, counts = row_losses(mlx_base.model, alone)
    assert float(by_row.sum()) == pytest.approx(float(apart), rel=1e-5)
    assert counts.tolist() == [len(text.ids) - 3 for text in texts]


def test_losses_are_those_of_torch(mlx_base: MlxBase, torch_base: TorchBase) -> None:
    from microtune_adapters import packed_loss

    ours, count = summed_loss(mlx_base.model, ROWS)
    with torch.no_grad():
        theirs, same = packed_loss.summed_loss(torch_base.model, ROWS)
    assert count == same
    assert float(ours) == pytest.approx(float(theirs), rel=1e-5)


def test_what_a_long_answer_costs_does_not_depend_on_the_size_of_a_chunk(
    mlx_base: MlxBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, whole = mlx_trainer(mlx_base, tmp_path)._gradients(ROWS.take(slice(0, 2)), None, 0)
    monkeypatch.setattr("microtune_adapters.mlx_loss._CHUNK", 7)
    _, pieces = mlx_trainer(mlx_base, tmp_path)._gradients(ROWS.take(slice(0, 2)), None, 0)
    assert all(mx.abs(whole[name] - pieces[name]).max().item() < 1e-6 for name in whole)


def test_it_goes_on_from_the_weights_that_it_was_given(mlx_base: MlxBase, tmp_path: Path) -> None:
    trainer = mlx_trainer(mlx_base, tmp_path, tiny_lora())
    assert largest_difference(lora_of(trainer.weights_now(), RECIPE), tiny_lora()) == 0
    result = trainer.train(ROWS, VALIDATION, STEPS, lambda p: None, never)
    assert result.validation[0][0] == 0
    assert min(loss for _, loss in result.validation) < result.validation[0][1]


def test_steps_that_only_make_it_worse_are_no_gain(
    mlx_base: MlxBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("microtune_adapters.trainer_loop.learning_rate", lambda *_: -0.01)
    with pytest.raises(NoGain, match="no step made the adapter better"):
        trained(mlx_trainer(mlx_base, tmp_path, tiny_lora()))
    assert not (tmp_path / "peft").exists()


def test_the_better_text_of_a_pair_gets_likelier_than_the_other(
    mlx_base: MlxBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("microtune_adapters.mlx_trainer.WEIGHT", 0.5)  # to show in few steps

    def lead(folder: Path, rows: Rows | None) -> float:
        trainer = MlxTrainer(copy.deepcopy(mlx_base.model), RECIPE, folder, pairs=rows)
        trained(trainer)
        nats, counts = row_losses(trainer.model, pairs())
        by_token = nats / counts
        return float((by_token[1::2] - by_token[::2]).mean())

    assert lead(tmp_path / "with", pairs()) > lead(tmp_path / "without", None) + 0.1


def test_the_objective_of_pairs_is_that_of_torch(mlx_base: MlxBase, torch_base: TorchBase) -> None:
    from microtune_adapters import mlx_pairs, torch_pairs

    ours = mlx_pairs.preferred(mlx_base.model, pairs(), slice(0, 3))
    with torch.no_grad():
        theirs = torch_pairs.preferred(torch_base.model, pairs(), slice(0, 3))
    assert float(ours) == pytest.approx(float(theirs), rel=1e-5)


def test_the_anchor_is_that_of_torch(
    mlx_base: MlxBase, torch_base: TorchBase, tmp_path: Path
) -> None:
    from microtune_adapters.mlx_anchor import MlxAnchor
    from microtune_adapters.torch_anchor import TorchAnchor

    anchor = Anchor(VALIDATION, 4.0, every=2)
    mlx = mlx_trainer(mlx_base, tmp_path, tiny_lora())
    torched = torch_trainer(torch_base, tmp_path, tiny_lora())
    mlx.nats(ROWS.take(slice(0, 1)))  # takes the weights in
    ours = [float(MlxAnchor(anchor, mlx.lora).loss(step)) for step in range(4)]
    theirs = [TorchAnchor(anchor).backward(torched.model, step) for step in range(4)]
    assert ours == pytest.approx(theirs, rel=1e-3)
    assert ours[0] > 0 == ours[1]
