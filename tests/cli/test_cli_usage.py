"""What holds for every command: its help, --home and --json in either place, its exit codes."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from microtune import __version__
from microtune_tui.cli import microtune
from tests.cli.running import PROGRAM, Ran, facts, run, run_apart, start


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


ALL = list(commands(microtune))
READING = [("status",), ("doctor",), ("ledger",), ("ledger", "verify")]
READING += [("sources", "list"), ("adapters", "list")]


@pytest.mark.parametrize("command", ALL, ids=" ".join)
def test_help_has_an_example_and_fits_80_columns(command: tuple[str, ...]) -> None:
    ran = run(*command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert max(map(len, ran.out.splitlines())) <= 80
    _, found, examples = ran.out.partition("Example:\n")
    assert found
    assert f"microtune {' '.join(command[:1])}" in examples or "--home" in examples
    cut = [line for line in ran.out.partition("Commands:")[2].splitlines() if line.endswith("...")]
    assert not cut


@pytest.mark.parametrize("command", ALL, ids=" ".join)
def test_the_example_is_right_usage(command: tuple[str, ...]) -> None:
    """Each example's options are options of its command."""
    examples = run(*command, "--help").out.partition("Example:\n")[2]
    for line in re.findall(r"microtune [^|\n]+", examples):
        options = re.findall(r"--[a-z-]+", line)
        shown = run(*command, "--help").out + run("--help").out
        shown += "".join(run(*other, "--help").out for other in ALL if " ".join(other) in line)
        assert [option for option in options if option not in shown] == []


def test_the_first_help_names_every_command_whole() -> None:
    ran = run("--help")
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "..." not in ran.out.partition("Commands:")[2]
    for name in microtune.commands:
        assert f"\n  {name}" in ran.out


def test_the_version() -> None:
    assert run("--version").out == f"microtune, version {__version__}\n"


@pytest.mark.parametrize("command", READING[:-1], ids=" ".join)
def test_the_home_may_stand_before_and_after_the_command(
    command: tuple[str, ...], tmp_path: Path, own_home: Path
) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    facts("--home", before, *command)
    facts(*command, "--home", after)
    facts(command[0], "--home", after, *command[1:])
    assert (before / "microtune.db").exists()
    assert (after / "microtune.db").exists()
    assert not own_home.exists()


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_people_get_lines_and_programs_one_object(command: tuple[str, ...]) -> None:
    facts(*command)  # checks that standard output is one object and standard error is empty
    lines = run(*command)
    assert (lines.code, lines.err) == (0, "")
    assert not lines.out.startswith("{")


def test_the_later_of_two_homes_counts(tmp_path: Path) -> None:
    said = facts("--home", tmp_path / "one", "status", "--home", tmp_path / "two")
    assert said["home"] == str(tmp_path / "two")


def test_without_a_home_the_environment_says_where(own_home: Path) -> None:
    assert facts("status")["home"] == str(own_home)


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["write"],
        ["status", "--nonsense"],
        ["train", "--minutes", "soon"],
        ["sources", "add", ".", "--kind", "cloud"],
        ["write", "x", "--length", "1"],
        ["adapters", "show"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_line_and_2(arguments: list[str]) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert re.fullmatch(r"microtune: .+ See `microtune[a-z ]* --help`\.\n", ran.err)


@pytest.mark.parametrize("group", ["sources", "adapters"])
def test_a_group_alone_shows_its_help(group: str) -> None:
    ran = run(group)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"Usage: microtune {group}")


def test_the_assistant_without_a_terminal_is_refused() -> None:
    assert run_apart().reason.startswith("the assistant needs a terminal")


def test_an_error_leaves_standard_output_empty_with_json() -> None:
    ran = run("train", "--json")
    assert ran.out == ""
    assert ran.reason == "no base is chosen in " + os.environ["MICROTUNE_HOME"] + (
        ". Run `microtune init --base pocket`."
    )


def test_a_reader_that_goes_away_is_no_error_to_talk_about(collected: Path) -> None:
    process = start("ledger")
    assert process.stdout
    assert process.stderr
    assert process.stdin
    with process, process.stderr as err:
        process.stdout.close()
        process.stdin.close()
        assert err.read() == b""
    assert process.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_output_to_a_full_disk_is_one_line(own_home: Path) -> None:
    ran = run_apart("status", before="import sys; sys.stdout = open('/dev/full', 'w')")
    assert ran.reason.startswith("the disk is full")


def test_a_bug_is_one_line_with_its_details_in_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(home: object) -> None:
        raise ZeroDivisionError("a bug\nof ours")

    monkeypatch.setattr("microtune.store.Store.open", broken)
    ran = run("status", "--home", tmp_path / "elsewhere")
    log = tmp_path / "elsewhere" / "error.log"
    assert ran.code == 1
    assert ran.err == (
        "microtune: something unexpected happened (ZeroDivisionError: a bug of ours). "
        f"Please report it with the details in {log}.\n"
    )
    assert "Traceback" in log.read_text()


def test_progress_is_shown_on_a_terminal_only(collected: Path, base_file: Path) -> None:
    """Standard output stays one object; without a terminal `facts` saw an empty standard error."""
    terminal, its_end = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "init", "--base", base_file, "--yes", "--json"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=its_end,
        text=True,
        check=True,
    )
    os.close(its_end)
    with open(terminal, "rb", buffering=0) as shown:
        assert b"Verifying the base" in shown.read(65536)
    assert Ran(0, done.stdout, "").facts["base"] == "tiny-0"
