"""Whatever another program wrote, or something broke: taken in whole, or refused in one line."""

import json
import os
import random
import socket
import sys
from pathlib import Path

import pytest

from microtune.errors import MicrotuneError
from microtune_adapters.gguf_adapter import write_gguf
from microtune_adapters.gguf_inspect import BaseFile, inspect_base
from microtune_adapters.gguf_origin import read_base_hash
from microtune_adapters.gguf_shape import read_shape
from microtune_adapters.library import Library
from microtune_adapters.mlx_format import write_mlx
from microtune_adapters.outside import form_of
from microtune_adapters.peft_format import CONFIG, write_peft
from tests.tiny import tiny_lora


@pytest.fixture
def base(base_file: Path) -> BaseFile:
    return inspect_base(base_file)


def foreign(form: str, path: Path, base: BaseFile) -> Path:
    """A whole adapter in that form; returns the file whose bytes can go wrong."""
    if form == "gguf":
        write_gguf(path, tiny_lora(), read_shape(base.path), "")
        return path
    if form == "peft":
        write_peft(path, tiny_lora(), "someone/else")
    else:
        write_mlx(path, tiny_lora(), layers=2)
    return next(path.glob("*.safetensors"))


def taken_in(library: Library, path: Path, base: BaseFile) -> bool:
    """Whether it was; a refusal is one line of sensible length."""
    said = ""
    try:
        library.import_(path, base)
    except MicrotuneError as error:
        said = str(error)
    assert "\n" not in said
    assert len(said) < 500
    return not said


@pytest.mark.parametrize("form", ["peft", "mlx", "gguf"])
def test_mutated_adapters_raise_nothing_else_and_leave_nothing(
    form: str, tmp_path: Path, base: BaseFile
) -> None:
    path, library = tmp_path / "foreign", Library(tmp_path / "library")
    file = foreign(form, path, base)
    whole, chance, refused = file.read_bytes(), random.Random(0), 0
    for number in range(60):
        mutated = bytearray(whole)
        for _ in range(chance.choice((1, 4, 16))):
            mutated[chance.randrange(1500)] = chance.randrange(256)
        file.write_bytes(mutated if number % 6 else mutated[: chance.randrange(len(whole))])
        refused += not taken_in(library, path, base)
    assert refused > 30
    for card, _ in library.list():
        assert read_base_hash(library.path(card.id) / "adapter.gguf") == base.sha256
    assert not list(library.folder.glob(".work-*"))


@pytest.mark.parametrize("form", ["peft", "mlx"])
def test_mutated_configurations_raise_nothing_else(
    form: str, tmp_path: Path, base: BaseFile
) -> None:
    path, library = tmp_path / "foreign", Library(tmp_path / "library")
    foreign(form, path, base)
    whole, chance = (path / CONFIG).read_bytes(), random.Random(0)
    for _ in range(200):
        mutated = bytearray(whole)
        mutated[chance.randrange(len(whole))] = chance.randrange(32, 127)
        (path / CONFIG).write_bytes(mutated)
        taken_in(library, path, base)


@pytest.mark.parametrize(
    "value",
    [10**400, -(10**400), 1e400, "x" * 90_000, [], {}, None, True],
    ids=["huge", "negative", "infinite", "long", "list", "object", "null", "true"],
)
def test_values_of_any_kind_and_size_are_refused_or_read(
    value: object, tmp_path: Path, base: BaseFile
) -> None:
    for form, keys in {
        "peft": ("r", "lora_alpha", "target_modules", "layers_to_transform", "peft_type"),
        "mlx": ("rank", "scale", "keys", "num_layers", "fine_tune_type", "lora_parameters"),
    }.items():
        for key in keys:
            path, library = tmp_path / form, Library(tmp_path / "library")
            foreign(form, path, base)
            config = json.loads((path / CONFIG).read_text())
            inner = config["lora_parameters"] if key in ("rank", "scale", "keys") else config
            inner[key] = value
            (path / CONFIG).write_text(json.dumps(config))
            taken_in(library, path, base)


def test_a_folder_of_both_forms_is_what_its_configuration_says(
    tmp_path: Path, base: BaseFile
) -> None:
    foreign("peft", tmp_path / "both", base)
    foreign("mlx", tmp_path / "both", base)  # its configuration is the later one
    assert form_of(tmp_path / "both") == "mlx"
    foreign("peft", tmp_path / "both", base)
    assert form_of(tmp_path / "both") == "peft"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such sockets")
def test_what_is_no_file_is_not_waited_for(
    tmp_path: Path, base: BaseFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind("door")
        for name in ("pipe", "door"):
            with pytest.raises(MicrotuneError, match="is no file"):
                Library(tmp_path / "library").import_(tmp_path / name, base)


def test_a_place_that_cannot_be_looked_at_is_named(tmp_path: Path, base: BaseFile) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name in ("loop", "x" * 300, "none"):
        with pytest.raises(MicrotuneError, match="cannot import"):
            Library(tmp_path / "library").import_(tmp_path / name, base)
