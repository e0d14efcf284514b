"""Adapters go out in every form and come in again; files that could run code never come in."""

import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from microtune_adapters.gguf_adapter import write_gguf
from microtune_adapters.gguf_shape import read_shape
from microtune_adapters.lora_weights import LoraWeights
from microtune_adapters.mlx_format import write_mlx
from microtune_adapters.peft_format import CONFIG, WEIGHTS, read_peft, write_peft
from tests.cli.running import facts, run
from tests.tiny import tiny_lora

FORMS = ("peft", "mlx", "gguf")


def states() -> dict[str, str]:
    return {one["id"]: one["state"] for one in facts("adapters", "list")["adapters"]}


def foreign(form: str, folder: Path, base: Path, weights: LoraWeights | None = None) -> Path:
    """An adapter as that program would have written it."""
    weights, path = weights or tiny_lora(5), folder / f"foreign-{form}"
    if form == "peft":
        write_peft(path, weights, "someone/else")
    elif form == "mlx":
        write_mlx(path, weights, layers=2)
    else:
        write_gguf(path, weights, read_shape(base), "")
    return path


@pytest.mark.parametrize("form", FORMS)
def test_an_own_adapter_goes_out_and_comes_back_in_each_form(
    form: str, trained: Path, tmp_path: Path
) -> None:
    active, path = str(facts("status")["active"]), tmp_path / "out"
    wrote = facts("adapters", "export", active, path, "--format", form)
    assert wrote == {"adapter": active, "file": str(path), "format": form}
    everything = b"".join(p.read_bytes() for p in [path, *path.rglob("*")] if p.is_file())
    assert str(tmp_path).encode() not in everything
    facts("adapters", "rollback")
    facts("adapters", "remove", active)
    took = facts("adapters", "import", path)
    assert took == {
        "adapter": active,
        "state": "candidate",
        "format": form,
        "base_proven": form == "gguf",
    }
    assert states() == {active: "candidate"}


def test_what_is_here_already_stays_as_it_is(trained: Path, tmp_path: Path) -> None:
    active = str(facts("status")["active"])
    facts("adapters", "export", active, tmp_path / "out", "--format", "mlx")
    assert facts("adapters", "import", tmp_path / "out") == {
        "adapter": active,
        "state": "active",
        "format": "microtune",
        "base_proven": True,
    }
    assert facts("adapters", "show", active)["verdict"] == "promoted"


@pytest.mark.parametrize("form", FORMS)
def test_an_adapter_from_outside_is_taken_in_unjudged(
    form: str, collected: Path, tmp_path: Path, base_file: Path
) -> None:
    said = run("adapters", "import", foreign(form, tmp_path, base_file)).out
    assert "Nothing proves that it was made for tiny-0; only its shapes fit." in said
    [(id, state)] = states().items()
    assert (state, facts("adapters", "show", id)["verdict"]) == ("candidate", "")
    assert "made elsewhere" in run("adapters", "list").out
    assert "what it was trained on is not known" in run("adapters", "show", id).out
    assert read_peft(collected / "adapters" / id).sha256 == tiny_lora(5).sha256


def test_an_adapter_from_outside_is_measured_used_and_not_trained_on_from(
    collected: Path, tmp_path: Path, base_file: Path
) -> None:
    id = facts("adapters", "import", foreign("peft", tmp_path, base_file))["adapter"]
    assert facts("evaluate", "--adapter", id)["bits_per_byte"]["adapter"] > 0
    facts("adapters", "use", id)
    assert facts("write", "Hello.", "--length", 5)["adapter"] == id
    plan = facts("train", "--dry-run")
    assert "another program" in json.dumps(plan)


@pytest.mark.parametrize("form", FORMS)
def test_an_adapter_of_another_shape_is_refused(
    form: str, collected: Path, tmp_path: Path, base_file: Path
) -> None:
    whole = tiny_lora()
    narrow = {name: (a[:, :32], b) for name, (a, b) in whole.modules.items()}
    if form == "gguf":  # the shape of the base keeps one from being written
        narrow = {n: p for n, p in whole.modules.items() if ".0.self_attn.q" in n or ".1." in n}
    weights = LoraWeights(whole.rank, whole.alpha, whole.scale, narrow)
    reason = run("adapters", "import", foreign(form, tmp_path, base_file, weights)).reason
    assert "does not fit the base tiny-0" in reason or "incomplete" in reason
    assert states() == {}


def test_a_gguf_that_names_another_base_is_refused(
    trained: Path, tmp_path: Path, other_base_file: Path
) -> None:
    path = tmp_path / "mine.gguf"
    facts("adapters", "export", facts("status")["active"], path, "--format", "gguf")
    facts("init", "--base", other_base_file, "--yes")
    assert "another base than tiny-1" in run("adapters", "import", path).reason


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('a pickle was opened')",)


@pytest.mark.parametrize("name", ["adapter_model.bin", "adapters.npz", "adapter.pt", "a.ckpt"])
@pytest.mark.parametrize("alone", [True, False])
def test_what_could_run_code_is_never_opened(
    name: str, alone: bool, collected: Path, tmp_path: Path, base_file: Path
) -> None:
    folder = foreign("peft", tmp_path, base_file)
    (folder / WEIGHTS).unlink()
    (folder / name).write_bytes(pickle.dumps(Evil()))
    reason = run("adapters", "import", folder / name if alone else folder).reason
    assert "may run code when it is opened" in reason
    assert "safetensors" in reason
    assert states() == {}


def test_beside_safetensors_a_pickle_is_passed_over(
    collected: Path, tmp_path: Path, base_file: Path
) -> None:
    folder = foreign("peft", tmp_path, base_file)
    (folder / "adapter_model.bin").write_bytes(pickle.dumps(Evil()))
    id = facts("adapters", "import", folder)["adapter"]
    assert sorted(p.name for p in (collected / "adapters" / id).iterdir()) == [
        "adapter.gguf",
        CONFIG,
        WEIGHTS,
        "card.json",
    ]


def test_other_folders_and_files_are_refused_in_one_line(
    collected: Path, tmp_path: Path, base_file: Path
) -> None:
    folder = foreign("peft", tmp_path, base_file)
    assert "Give the folder" in run("adapters", "import", folder / WEIGHTS).reason
    assert "holds no adapter that can be read" in run("adapters", "import", tmp_path).reason
    assert "holds no LoRA adapter" in run("adapters", "import", base_file).reason
    (folder / CONFIG).write_text(" " * (2 << 20))
    assert "of a sensible size" in run("adapters", "import", folder).reason
    (folder / CONFIG).unlink()
    assert "of a sensible size" in run("adapters", "import", folder).reason
    assert states() == {}
    assert sorted(p.name for p in (collected / "adapters").iterdir()) == [".lock"]


@pytest.mark.parametrize("form", FORMS)
def test_an_adapter_that_is_not_finite_is_refused(
    form: str, collected: Path, tmp_path: Path, base_file: Path
) -> None:
    weights = tiny_lora()
    next(iter(weights.modules.values()))[1][0, 0] = np.nan
    path = foreign(form, tmp_path, base_file, weights)
    assert "not finite" in run("adapters", "import", path).reason
    assert states() == {}


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_overwritten(form: str, trained: Path, tmp_path: Path) -> None:
    active, path = facts("status")["active"], tmp_path / "there"
    path.write_text("mine")
    assert "exists already" in run("adapters", "export", active, path, "--format", form).reason
    assert path.read_text() == "mine"
    nowhere = tmp_path / "no" / "where"
    assert "cannot write" in run("adapters", "export", active, nowhere, "--format", form).reason
    assert sorted(p.name for p in tmp_path.glob(".there*")) == []


def test_an_adapter_from_outside_is_handed_on_as_such(
    collected: Path, tmp_path: Path, base_file: Path
) -> None:
    id = facts("adapters", "import", foreign("mlx", tmp_path, base_file))["adapter"]
    facts("adapters", "export", id, tmp_path / "own.zip")
    shutil.rmtree(collected / "adapters" / id)
    took = facts("adapters", "import", tmp_path / "own.zip")
    assert took == {"adapter": id, "state": "candidate", "format": "mlx", "base_proven": False}
