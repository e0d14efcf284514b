"""The library keeps adapters whole, knows which is active, and survives being killed."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from microtune.errors import MicrotuneError
from microtune_adapters.cards import Card
from microtune_adapters.gguf_inspect import inspect_base
from microtune_adapters.library import Library
from tests.adapters.cards import card_for
from tests.tiny import tiny_adapter


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "adapters")


def admitted(library: Library, base: Path, seed: int) -> str:
    work = tiny_adapter(library.folder.parent / f"run-{seed}", base, seed)
    return library.admit(work, card_for(base, created=f"2026-11-0{seed + 1}T10:00:00+00:00"))


def states(library: Library) -> dict[str, str]:
    return {card.id: state for card, state in library.list()}


def test_a_library_that_was_never_used_is_empty(library: Library) -> None:
    assert library.list() == ()
    assert library.active() is None
    assert not library.folder.exists()


def test_admitting_moves_the_folder_in_and_completes_its_card(
    library: Library, base_file: Path
) -> None:
    id = admitted(library, base_file, 0)
    assert not (library.folder.parent / "run-0").exists()
    card = library.find(id)
    assert (card.id, len(id), len(card.gguf_sha256)) == (id, 12, 64)
    assert Card.read(library.path(id)) == card
    assert states(library) == {id: "candidate"}


def test_admitting_the_same_twice_is_harmless(library: Library, base_file: Path) -> None:
    id = admitted(library, base_file, 0)
    assert admitted(library, base_file, 0) == id
    assert len(library.list()) == 1
    assert not (library.folder.parent / "run-0").exists()


def test_a_life_of_three_adapters(library: Library, base_file: Path) -> None:
    a, b, c = (admitted(library, base_file, seed) for seed in range(3))
    library.promote(a)
    library.promote(b)
    library.reject(c, "no better than the base")
    assert states(library) == {a: "retired", b: "active", c: "rejected"}
    assert library.find(c).reason == "no better than the base"
    before = library.rollback()
    assert before is not None
    assert before.id == a
    assert states(library) == {a: "active", b: "retired", c: "rejected"}
    assert library.rollback() is None
    assert states(library) == {a: "retired", b: "retired", c: "rejected"}
    with pytest.raises(MicrotuneError, match="no adapter is active"):
        library.rollback()
    library.use(b[:6])
    active = library.active()
    assert active is not None
    assert active.id == b


def test_using_the_active_one_again_changes_nothing(library: Library, base_file: Path) -> None:
    a, b = (admitted(library, base_file, seed) for seed in range(2))
    for id in (a, b, b):
        library.use(id)
    before = library.rollback()
    assert before is not None
    assert before.id == a


def test_what_must_not_be_done_is_refused(library: Library, base_file: Path) -> None:
    a, b = (admitted(library, base_file, seed) for seed in range(2))
    library.promote(a)
    library.reject(b, "not a number")
    for refused in (
        lambda: library.remove(a),
        lambda: library.reject(a, "late"),
        lambda: library.use(b),
    ):
        with pytest.raises(MicrotuneError, match=r"is active|was rejected: not a number"):
            refused()
    assert states(library) == {a: "active", b: "rejected"}


def test_removing_also_forgets_the_way_back(library: Library, base_file: Path) -> None:
    a, b = (admitted(library, base_file, seed) for seed in range(2))
    library.promote(a)
    library.promote(b)
    library.remove(a)
    assert states(library) == {b: "active"}
    assert library.rollback() is None
    assert {p.name for p in library.folder.iterdir()} == {".lock", b, "active.json"}


def test_ids_may_be_shortened(library: Library, base_file: Path) -> None:
    ids = [admitted(library, base_file, seed) for seed in range(2)]
    assert library.find(ids[0][:8]).id == ids[0]
    with pytest.raises(MicrotuneError, match="no adapter nosuch") as caught:
        library.find("nosuch")
    assert "microtune adapters list" in caught.value.remedy
    with pytest.raises(MicrotuneError, match="no adapter"):
        library.find("")
    shutil.copytree(library.path(ids[0]), library.folder / (ids[0][:11] + "x"))  # no id at all
    twin = library.folder / (ids[0][:11] + ("0" if ids[0][11] != "0" else "1"))
    shutil.copytree(library.path(ids[0]), twin)
    (twin / "card.json").write_text(replace(library.find(ids[0]), id=twin.name).to_json())
    with pytest.raises(MicrotuneError, match="could be"):
        library.find(ids[0][:11])
    assert library.find(ids[0]).id == ids[0]


def test_an_unfit_adapter_is_not_admitted_and_stays(
    library: Library, base_file: Path, other_base_file: Path
) -> None:
    work = tiny_adapter(library.folder.parent / "run", base_file)
    with pytest.raises(MicrotuneError, match="another base"):
        library.admit(work, card_for(other_base_file))
    (work / "adapter_model.safetensors").write_bytes(b"cut")
    with pytest.raises(MicrotuneError, match="no readable"):
        library.admit(work, card_for(base_file))
    assert work.is_dir()
    assert library.list() == ()


def test_leftovers_of_killed_processes_do_no_harm(library: Library, base_file: Path) -> None:
    a, b = (admitted(library, base_file, seed) for seed in range(2))
    library.promote(a)
    shutil.copytree(library.path(a), library.folder / ".work-import-99")  # killed while importing
    shutil.move(library.path(b), library.folder / f".work-{b}-99")  # killed while removing
    (library.folder / ".active.json-abcd").write_text('{"act')  # killed while promoting
    assert states(Library(library.folder)) == {a: "active"}
    library.use(a)
    assert {p.name for p in library.folder.iterdir()} == {".lock", a, "active.json"}


def test_an_active_adapter_that_vanished_leaves_the_base(library: Library, base_file: Path) -> None:
    a, b = (admitted(library, base_file, seed) for seed in range(2))
    library.promote(a)
    library.promote(b)
    shutil.rmtree(library.path(b))
    assert library.active() is None
    assert states(library) == {a: "retired"}


def test_a_pointer_that_cannot_be_read_is_never_written_anew(
    library: Library, base_file: Path
) -> None:
    """A disk that fails once must not cost the way back; what is damaged may be repaired."""
    a, b = (admitted(library, base_file, seed) for seed in range(2))
    library.use(a)
    library.use(b)
    pointer, whole = library.folder / "active.json", library.folder.parent / "whole.json"
    pointer.rename(whole)
    pointer.symlink_to(pointer)  # ELOOP, even for root
    with pytest.raises(MicrotuneError, match=r"cannot read .*active\.json.*Check the disk"):
        library.use(a)
    whole.rename(pointer)
    back = library.rollback()
    assert back
    assert back.id == a


def test_damage_by_others_is_told_and_repaired_by_using_again(
    library: Library, base_file: Path
) -> None:
    a, b = (admitted(library, base_file, seed) for seed in range(2))
    (library.folder / "active.json").write_text('{"active": 3}')
    with pytest.raises(MicrotuneError, match=r"active\.json is damaged"):
        library.active()
    library.use(a)
    assert states(library)[a] == "active"
    (library.path(b) / "card.json").write_text("{}")
    assert library.damaged() == (library.path(b),)
    assert states(library) == {a: "active"}
    assert admitted(library, base_file, 1) == b
    assert library.damaged() == ()


KILLED = """
import os, signal, sys
from pathlib import Path
from microtune_adapters.library import Library

calls = 0
def kill(event, arguments):
    global calls
    if event in ("os.rename", "os.remove", "os.rmdir", "open") and started:
        calls += 1
        if calls == int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)

started = False
sys.addaudithook(kill)
library = Library(Path(sys.argv[1]))
a, b = [card.id for card, _ in library.list()]
started = True
library.promote(b)
library.remove(a)
"""


def test_killed_at_any_step_the_library_loads(library: Library, base_file: Path) -> None:
    a, b = (admitted(library, base_file, seed) for seed in range(2))
    library.promote(a)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    outcomes: list[dict[str, str]] = []
    for step in range(1, 40, 2):
        folder = library.folder.with_name(f"killed-{step}")
        shutil.copytree(library.folder, folder)
        command = [sys.executable, "-c", KILLED, str(folder), "", str(step)]
        ended = subprocess.run(command, env=environment, capture_output=True, check=False)
        outcomes.append(states(Library(folder)))
        assert b in outcomes[-1]
        Library(folder).use(b)
        assert states(Library(folder))[b] == "active"
        if ended.returncode == 0:
            break
        assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert {a: "active", b: "candidate"} in outcomes
    assert {a: "retired", b: "active"} in outcomes
    assert outcomes[-1] == {b: "active"}


def test_a_read_only_place_is_named(library: Library, base_file: Path) -> None:
    work = tiny_adapter(library.folder.parent / "run", base_file)
    library.folder.write_text("a file where the folder should be")
    with pytest.raises(MicrotuneError, match="cannot change the adapters") as caught:
        library.admit(work, card_for(base_file))
    assert str(library.folder) in str(caught.value)
    assert work.is_dir()


def test_the_base_of_a_card_is_the_base_it_was_exported_for(
    library: Library, base_file: Path
) -> None:
    id = admitted(library, base_file, 0)
    assert library.find(id).base_sha256 == inspect_base(base_file).sha256
    content = json.loads((library.path(id) / "card.json").read_text())
    assert content["schema"] == 1
