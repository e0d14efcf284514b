"""The torch trainer keeps the contract, and a full disk costs it one line."""

import copy
import resource
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from microtune.contracts import Trained
from microtune.errors import Interrupted, MicrotuneError
from microtune_adapters.checkpoints import NAME, load_checkpoint
from microtune_adapters.general_texts import GeneralRows
from microtune_adapters.lora_weights import LoraWeights
from microtune_adapters.peft_format import read_peft
from microtune_adapters.recipes import Recipe
from microtune_adapters.torch_base import TorchBase
from microtune_adapters.torch_lora import lora_of
from microtune_adapters.torch_place import Form, Place, put
from microtune_adapters.torch_trainer import TorchTrainer
from tests.adapters.children import result_of_child
from tests.adapters.trainer_contract import (
    RECIPE,
    ROWS,
    STEPS,
    VALIDATION,
    Trainer,
    TrainerContract,
    after,
    largest_difference,
)


class TestTorchTrainer(TrainerContract):
    @pytest.fixture(autouse=True)
    def _base(self, torch_base: TorchBase) -> None:
        self.base = torch_base

    def make(
        self, recipe: Recipe, folder: Path, general: GeneralRows | None = None
    ) -> TorchTrainer:
        return TorchTrainer(copy.deepcopy(self.base.model), recipe, folder, general=general)

    def poison(self, trainer: Trainer) -> None:
        assert isinstance(trainer, TorchTrainer)
        trainer.network.model.norm.weight.data.fill_(float("nan"))

    def weights(self, trainer: Trainer) -> LoraWeights:
        assert isinstance(trainer, TorchTrainer)
        return lora_of(trainer.weights, trainer.recipe)


def test_layers_computed_again_end_in_the_same_weights(
    torch_base: TorchBase, tmp_path: Path
) -> None:
    def trained(name: str, recipe: Recipe) -> LoraWeights:
        trainer = TorchTrainer(copy.deepcopy(torch_base.model), recipe, tmp_path / name)
        return read_peft(
            trainer.train(ROWS, VALIDATION, STEPS, lambda p: None, lambda: False).folder
        )

    kept = trained("kept", RECIPE)
    again = trained("again", replace(RECIPE, recompute=True))
    assert largest_difference(kept, again) <= 1e-6


def test_a_base_in_bfloat16_learns_as_one_in_float32_does(
    torch_base: TorchBase, tmp_path: Path
) -> None:
    """What a graphics card computes, on the processor."""

    def trained(form: Form, precision: str) -> Trained:
        model = put(copy.deepcopy(torch_base.model), Place("cpu", form))
        recipe = replace(RECIPE, precision=precision)
        trainer = TorchTrainer(model, recipe, tmp_path / form)
        return trainer.train(ROWS, VALIDATION, STEPS, lambda p: None, lambda: False)

    exact, mixed = trained("fp32", "fp32"), trained("bf16", "bf16")
    assert mixed.losses == pytest.approx(exact.losses, rel=0.02)
    assert mixed.losses[-1] < 0.9 * mixed.losses[0]


def test_a_full_disk_gives_a_line_and_keeps_the_last_checkpoint(
    torch_base: TorchBase, tmp_path: Path
) -> None:
    """A limit on file sizes in a process of its own: writes fail as the system fails them."""

    def train(folder: Path, stop: Callable[[], bool]) -> None:
        trainer = TorchTrainer(copy.deepcopy(torch_base.model), RECIPE, folder)
        trainer.train(ROWS, VALIDATION, STEPS, lambda p: None, stop)

    def said_at(limit: int) -> str:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        try:
            train(tmp_path, after(3))
        except MicrotuneError as error:
            return f"{type(error).__name__} {error}"
        return "nothing"

    with pytest.raises(Interrupted):
        train(tmp_path, after(3))
    size = (tmp_path / NAME).stat().st_size
    for limit in (size // 2, 100):
        said = result_of_child(lambda limit=limit: said_at(limit))
        assert said.startswith(
            f"MicrotuneError could not save the training checkpoint in {tmp_path}"
        )
        assert "File too large" in said
        assert "Make room on that disk and run `microtune train` again" in said
        assert "\n" not in said
    assert not list(tmp_path.glob("*.new"))
    assert load_checkpoint(tmp_path).state.step == 3
