"""`adapters`: the library by the command line."""

import shutil
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import MINUTES
from tests.cli.running import assert_whole, facts, run


@pytest.fixture
def active(trained: Path) -> str:
    return str(facts("status")["active"])


@pytest.fixture
def exported(active: str, tmp_path: Path) -> Path:
    path = tmp_path / "mine.zip"
    facts("adapters", "export", active, path)
    return path


def states() -> dict[str, str]:
    return {one["id"]: one["state"] for one in facts("adapters", "list")["adapters"]}


def test_an_empty_library_says_how_to_fill_it() -> None:
    assert facts("adapters", "list") == {"adapters": []}
    assert "microtune train" in run("adapters", "list").out


def test_list_and_show(active: str) -> None:
    assert states() == {active: "active"}
    assert run("adapters", "list").out.startswith(f"{active}  active ")
    shown = facts("adapters", "show", active[:4])
    assert (shown["id"], shown["state"], shown["verdict"]) == (active, "active", "promoted")
    assert shown["measurements"]["bits_per_byte"]
    lines = run("adapters", "show", active).out
    assert f"Adapter {active}, active" in lines
    assert "General text costs " in lines
    assert "Verdict: promoted: better than the base" in lines


def test_use_and_rollback(active: str, own_home: Path) -> None:
    assert facts("adapters", "rollback") == {"adapter": ""}
    assert states() == {active: "retired"}
    assert facts("status")["active"] is None
    assert facts("adapters", "use", active[:6]) == {"adapter": active, "state": "active"}
    events = [line["event"] for line in facts("ledger")["lines"]]
    assert events[-2:] == ["rolled back", "adapter chosen"]
    assert_whole(own_home)


def test_a_rollback_goes_to_the_one_before(active: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # so little training gives now a better, now a worse one: let the second replace the first
    monkeypatch.setattr("microtune_adapters.rival.FEWEST", 1_000)
    second = facts("train", "--minutes", MINUTES, "--seed", 1)["adapter"]
    assert states() == {active: "retired", second: "active"}
    assert facts("adapters", "rollback") == {"adapter": active}
    assert run("adapters", "rollback").out == "The bare base serves now.\n"
    assert "no adapter is active" in run("adapters", "rollback").reason


@pytest.mark.parametrize("command", ["show", "use", "remove"])
@pytest.mark.parametrize("given", ["nosuch", "ffffffffffff", "", "../..", "*"])
def test_wrong_ids_are_refused(command: str, given: str, active: str) -> None:
    assert "no adapter" in run("adapters", command, given).reason
    assert states() == {active: "active"}


def test_the_active_one_is_not_removed(active: str) -> None:
    assert "is active and cannot be removed" in run("adapters", "remove", active).reason
    facts("adapters", "rollback")
    assert facts("adapters", "remove", active) == {"adapter": active, "removed": True}
    assert states() == {}


def test_an_adapter_goes_out_and_comes_back(active: str, exported: Path) -> None:
    facts("adapters", "rollback")
    facts("adapters", "remove", active)
    took = facts("adapters", "import", exported)
    assert took == {
        "adapter": active,
        "state": "candidate",
        "format": "microtune",
        "base_proven": True,
    }
    assert states() == {active: "candidate"}
    facts("adapters", "use", active)
    assert facts("write", "Hello.", "--length", 5)["adapter"] == active


def test_an_export_holds_no_text_of_the_person(exported: Path) -> None:
    with zipfile.ZipFile(exported) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"weather" not in everything
    assert b"ann@example.org" not in everything


def test_an_export_overwrites_nothing(active: str, exported: Path) -> None:
    before = exported.read_bytes()
    assert "exists already" in run("adapters", "export", active, exported).reason
    assert exported.read_bytes() == before
    elsewhere = exported.parent / "none" / "mine.zip"
    assert "cannot write" in run("adapters", "export", active, elsewhere).reason


def test_an_adapter_of_another_base_is_refused_by_hash(
    active: str, exported: Path, other_base_file: Path
) -> None:
    """The other base has the same shape: llama.cpp itself would load it."""
    facts("init", "--base", other_base_file, "--yes")
    for command in (
        ("adapters", "use", active),
        ("adapters", "import", exported),
        ("write", "Hello.", "--adapter", active),
        ("evaluate", "--adapter", active),
    ):
        assert "another base" in run(*command).reason
    assert facts("write", "Hello.", "--adapter", "none", "--length", 5)["adapter"] == ""


@pytest.mark.parametrize("content", [b"", b"PK\3\4 not really", b"x" * 1000])
def test_a_file_that_is_no_adapter_is_not_imported(
    content: bytes, active: str, tmp_path: Path
) -> None:
    path = tmp_path / "bad.zip"
    path.write_bytes(content)
    assert str(path) in run("adapters", "import", path).reason
    assert states() == {active: "active"}


def test_an_export_that_is_cut_short_is_not_imported(
    active: str, exported: Path, own_home: Path
) -> None:
    shutil.rmtree(own_home / "adapters" / active)
    exported.write_bytes(exported.read_bytes()[:-100])
    assert str(exported) in run("adapters", "import", exported).reason
    assert states() == {}


def test_a_file_that_is_not_there_is_not_imported(active: str, tmp_path: Path) -> None:
    assert "No such file" in run("adapters", "import", tmp_path / "none.zip").reason
