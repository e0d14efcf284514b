"""`init`: which files can be a base, and what is said of those that cannot."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from microtune.locations import Home
from microtune.settings import Settings
from microtune_adapters.bases import pocket_path
from microtune_adapters.gguf_inspect import file_sha256
from tests.cli.running import PATIENCE_S, PROGRAM, assert_whole, facts, run


def test_a_file_becomes_the_base(own_home: Path, base_file: Path) -> None:
    said = facts("init", "--base", base_file, "--yes")
    assert said["base"] == "tiny-0"
    assert said["sha256"] == file_sha256(base_file)
    assert said["home"] == str(own_home)
    assert facts("status")["base"] == "tiny-0"
    assert [line["event"] for line in facts("ledger")["lines"]] == ["base chosen"]
    assert_whole(own_home)


def test_people_are_told_what_comes_next(base_file: Path) -> None:
    ran = run("init", "--base", base_file)
    assert ran.code == 0
    assert ran.out.startswith("Base: tiny-0, 0.")
    assert ran.out.endswith("Next: microtune sources add PATH\n")


def test_a_relative_path_is_kept_as_an_absolute_one(
    base_file: Path, monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    monkeypatch.chdir(base_file.parent)
    facts("init", "--base", base_file.name)
    monkeypatch.chdir("/")
    assert run("doctor").out == "Nothing is wrong.\n"


@pytest.mark.skipif(not pocket_path().exists(), reason="pocket is not in this checkout")
def test_pocket_is_the_base_unless_another_is_named(own_home: Path) -> None:
    said = facts("init", "--yes")
    assert said["base"] == "pocket"
    assert said["sha256"] == file_sha256(pocket_path())
    settings = Settings.load(Home(own_home))
    assert settings
    assert settings.base_path == "pocket"  # not a path, which the next installation would change


def test_a_file_that_is_cut_short_is_refused(base_file: Path, tmp_path: Path) -> None:
    whole = base_file.read_bytes()
    cut = tmp_path / "cut.gguf"
    for size in (0, 3, 40, len(whole) // 2, len(whole) - 1):
        cut.write_bytes(whole[:size])
        assert str(cut) in run("init", "--base", cut, "--yes").reason
    assert facts("status")["base"] is None


def test_garbage_is_refused(tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.gguf"
    garbage.write_bytes(os.urandom(5000))
    assert "is not a GGUF file" in run("init", "--base", garbage).reason


def test_another_architecture_is_refused(base_file: Path, tmp_path: Path) -> None:
    """The same file with another name of the same length where it names its architecture."""
    other = tmp_path / "other.gguf"
    other.write_bytes(base_file.read_bytes().replace(b"llama", b"mamba"))
    reason = run("init", "--base", other).reason
    assert "the architecture 'mamba', which microtune does not know" in reason
    assert "qwen3" in reason


@pytest.mark.parametrize("name", ["gpt-4", "no/such/file.gguf"])
def test_a_base_that_is_not_there_is_refused(name: str) -> None:
    assert name in run("init", "--base", name).reason


def test_a_failed_choice_leaves_the_one_before(base_file: Path, tmp_path: Path) -> None:
    facts("init", "--base", base_file)
    (tmp_path / "bad.gguf").write_text("bad")
    assert run("init", "--base", tmp_path / "bad.gguf").code == 1
    assert facts("status")["base"] == "tiny-0"


def test_another_base_leaves_the_adapter_out_of_use(trained: Path, other_base_file: Path) -> None:
    active = facts("status")["active"]
    ran = run("init", "--base", other_base_file, "--yes")
    assert f"The adapter {active} fits another base and is not used" in ran.out
    assert "was trained for another base" in run("evaluate").reason
    assert run("write", "Hello.").code == 1


def answered(answer: bytes, *arguments: object) -> int:
    """The exit code when a person at a terminal types `answer`."""
    terminal, its_end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=its_end,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.write(terminal, answer)
    try:
        return process.wait(PATIENCE_S)
    finally:
        os.close(its_end)
        os.close(terminal)


def test_at_a_terminal_a_person_is_asked_before_an_adapter_goes_out_of_use(
    trained: Path, other_base_file: Path
) -> None:
    assert answered(b"n\n", "init", "--base", other_base_file) == 1
    assert facts("status")["base"] == "tiny-0"
    assert answered(b"y\n", "init", "--base", other_base_file) == 0
    assert facts("status")["base"] == "tiny-1"
