"""An exported adapter can be taken in elsewhere; a file that is none, or evil, cannot."""

import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from microtune.errors import MicrotuneError
from microtune_adapters import exchange
from microtune_adapters.gguf_inspect import BaseFile, inspect_base
from microtune_adapters.gguf_origin import read_base_hash
from microtune_adapters.library import Library
from tests.adapters.cards import card_for
from tests.tiny import tiny_adapter

Files = dict[str, bytes]


@pytest.fixture
def base(base_file: Path) -> BaseFile:
    return inspect_base(base_file)


@pytest.fixture
def exported(tmp_path: Path, base_file: Path) -> Path:
    library = Library(tmp_path / "mine")
    id = library.admit(tiny_adapter(tmp_path / "run", base_file), card_for(base_file))
    (library.path(id) / "optimiser.pt").write_bytes(b"Dear Ada, this is private")
    library.export(id, tmp_path / "adapter.zip")
    return tmp_path / "adapter.zip"


def test_an_export_is_taken_in_elsewhere_as_the_same_adapter(
    exported: Path, tmp_path: Path, base: BaseFile
) -> None:
    mine, theirs = Library(tmp_path / "mine"), Library(tmp_path / "theirs")
    id = theirs.import_(exported, base)
    [(card, state)] = theirs.list()
    assert (card, state) == (mine.find(id), "candidate")
    assert read_base_hash(theirs.path(id) / "adapter.gguf") == base.sha256
    assert theirs.import_(exported, base) == id
    assert sorted(p.name for p in theirs.folder.iterdir()) == [".lock", id]


def test_an_export_holds_no_other_file_and_no_path(exported: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(exported) as archive:
        assert sorted(archive.namelist()) == sorted(exchange.LIMITS)
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert str(tmp_path).encode() not in content
    assert b"private" not in content


def test_exporting_twice_gives_the_same_bytes_and_overwrites_nothing(
    exported: Path, tmp_path: Path
) -> None:
    library = Library(tmp_path / "mine")
    [(card, _)] = library.list()
    library.export(card.id, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == exported.read_bytes()
    with pytest.raises(MicrotuneError, match="exists already"):
        library.export(card.id, exported)
    with pytest.raises(MicrotuneError, match="cannot write"):
        library.export(card.id, tmp_path / "nowhere" / "adapter.zip")


def test_an_adapter_of_another_base_is_refused(
    exported: Path, tmp_path: Path, other_base_file: Path
) -> None:
    theirs = Library(tmp_path / "theirs")
    with pytest.raises(MicrotuneError, match="adapter of another base, tiny"):
        theirs.import_(exported, inspect_base(other_base_file))
    assert [p.name for p in theirs.folder.iterdir()] == [".lock"]


def rewritten(path: Path, change: Callable[[Files], object]) -> Path:
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.update({"../evil": b"x"}), "has or lacks '../evil'"),
        (lambda f: f.update({"/etc/evil": b"x"}), "has or lacks '/etc/evil'"),
        (lambda f: f.update({"adapter.gguf": b"GGUF"}), r"adapter\.gguf"),
        (lambda f: f.pop("card.json"), r"has or lacks 'card\.json'"),
        (lambda f: f.update({"card.json": b"{}"}), "only 1 is known"),
        (lambda f: f.update({"card.json": b" " * (2 << 20)}), "larger than 1048576 bytes"),
        (lambda f: f.update({"adapter_model.safetensors": b""}), "no readable"),
        (lambda f: f.update({"adapter_config.json": b"{}"}), "is no LoRA"),
    ],
)
def test_other_files_are_refused_and_leave_nothing(
    exported: Path,
    tmp_path: Path,
    base: BaseFile,
    change: Callable[[Files], object],
    message: str,
) -> None:
    theirs = Library(tmp_path / "theirs")
    before = sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises(MicrotuneError, match=message):
        theirs.import_(rewritten(exported, change), base)
    assert [p.name for p in theirs.folder.iterdir()] == [".lock"]
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([*before, "theirs"])


def test_a_missing_or_empty_file_is_named(tmp_path: Path, base: BaseFile) -> None:
    theirs = Library(tmp_path / "theirs")
    with pytest.raises(MicrotuneError, match="cannot import"):
        theirs.import_(tmp_path / "nowhere.zip", base)
    (tmp_path / "empty.zip").write_bytes(b"")
    with pytest.raises(MicrotuneError, match="it is damaged"):
        theirs.import_(tmp_path / "empty.zip", base)


def test_mutated_exports_raise_nothing_else(exported: Path, tmp_path: Path, base: BaseFile) -> None:
    whole, chance = exported.read_bytes(), random.Random(0)
    theirs = Library(tmp_path / "theirs")
    path = tmp_path / "mutated.zip"
    refused = 0
    for _ in range(60):
        mutated = bytearray(whole)
        for _ in range(chance.choice((1, 4, 16))):
            edge = chance.choice((0, len(whole) - 400))
            mutated[edge + chance.randrange(400)] = chance.randrange(256)
        path.write_bytes(mutated)
        try:
            theirs.import_(path, base)
        except MicrotuneError:
            refused += 1
    assert refused > 30
    for card, _ in theirs.list():
        assert json.loads(card.to_json())["base_sha256"] == base.sha256
