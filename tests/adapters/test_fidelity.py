"""The serving engine against the trainer: the same adapter passes, another one does not."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from microtune_adapters.engine.llama import LlamaEngine
from microtune_adapters.fidelity import Reference, compare
from microtune_adapters.gguf_adapter import export_gguf
from microtune_adapters.gguf_inspect import inspect_base
from microtune_adapters.gguf_origin import ADAPTER_FILE
from microtune_adapters.peft_format import read_peft, write_peft
from microtune_adapters.reference import take_reference
from microtune_adapters.torch_base import TorchBase
from microtune_adapters.torch_trainer import TorchTrainer
from tests.adapters.cards import card_for
from tests.adapters.trainer_contract import RECIPE, ROWS, VALIDATION
from tests.adapters.writers import document, echo, letter

CONTEXT = 512


@pytest.fixture(scope="module")
def trained(torch_base: TorchBase, tmp_path_factory: pytest.TempPathFactory) -> TorchTrainer:
    """A trainer that has finished; its PEFT folder is in its own."""
    folder = tmp_path_factory.mktemp("run")
    trainer = TorchTrainer(copy.deepcopy(torch_base.model), RECIPE, folder)
    trainer.train(ROWS, VALIDATION, 6, lambda p: None, lambda: False)
    return trainer


@pytest.fixture(scope="module")
def engine(base_file: Path) -> Iterator[LlamaEngine]:
    engine = LlamaEngine(base_file, CONTEXT, 1)
    yield engine
    engine.close()


@pytest.fixture
def reference(trained: TorchTrainer, torch_base: TorchBase) -> Reference:
    return take_reference(trained, torch_base.codec, [document(1)], echo, CONTEXT)


def served(folder: Path, base: Path) -> Path:
    """Make a PEFT folder one that engines serve."""
    export_gguf(folder, inspect_base(base), folder / ADAPTER_FILE)
    (folder / "card.json").write_text(card_for(base).to_json())
    return folder


def test_what_was_trained_is_what_is_served(
    trained: TorchTrainer, engine: LlamaEngine, reference: Reference, base_file: Path
) -> None:
    fidelity = compare(engine, served(trained.folder / "peft", base_file), reference)
    assert fidelity.problem == ""
    assert fidelity.cosine > 0.9999
    assert fidelity.size == pytest.approx(1, abs=1e-3)


def test_another_adapter_with_the_same_shape_is_noticed(
    trained: TorchTrainer,
    engine: LlamaEngine,
    reference: Reference,
    base_file: Path,
    tmp_path: Path,
) -> None:
    """B upside down in each module: all shapes right, all weights wrong."""
    weights = read_peft(trained.folder / "peft")
    turned = {name: (a, b[::-1].copy()) for name, (a, b) in weights.modules.items()}
    write_peft(tmp_path, replace(weights, modules=turned), "")
    fidelity = compare(engine, served(tmp_path, base_file), reference)
    assert "another adapter than was trained" in fidelity.problem


def test_an_adapter_that_hardly_does_anything_is_noticed(
    trained: TorchTrainer,
    engine: LlamaEngine,
    reference: Reference,
    base_file: Path,
    tmp_path: Path,
) -> None:
    weights = read_peft(trained.folder / "peft")
    halved = {name: (a, b / 2) for name, (a, b) in weights.modules.items()}
    write_peft(tmp_path, replace(weights, modules=halved), "")
    fidelity = compare(engine, served(tmp_path, base_file), reference)
    assert fidelity.size == pytest.approx(0.5, abs=0.1)
    assert "another adapter than was trained" in fidelity.problem


@pytest.mark.parametrize("text", [letter(3, 60), "読み書きの練習をする。" * 200])
def test_a_text_too_long_for_the_context_is_cut_alike_in_both(
    trained: TorchTrainer,
    torch_base: TorchBase,
    engine: LlamaEngine,
    base_file: Path,
    text: str,
) -> None:
    long = replace(document(3), text=text, answered=text)
    reference = take_reference(trained, torch_base.codec, [long], echo, CONTEXT)
    assert len(torch_base.codec.prompt(reference.turns)) > CONTEXT
    fidelity = compare(engine, served(trained.folder / "peft", base_file), reference)
    assert fidelity.problem == ""
