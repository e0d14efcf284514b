"""The scripts can be run, and the sample can be made again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.files import ROOT

BASH = [
    ROOT / ".ci" / "run",
    *(ROOT / "scripts" / name for name in ("setup", "run", "test", "tour")),
]


@pytest.mark.parametrize("script", BASH, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_script_is_executable_and_bash_can_read_it(script: Path) -> None:
    assert os.access(script, os.X_OK)
    assert script.read_text().startswith("#!/usr/bin/env bash\n")
    done = subprocess.run(["bash", "-n", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def setup(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/setup with nothing but the basic tools and these settings."""
    return subprocess.run(
        [ROOT / "scripts" / "setup", *arguments],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], **settings},
        check=False,
    )


def test_setup_says_in_one_line_that_python_is_too_old(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = setup(PYTHON=str(old), MICROTUNE_VENV=str(tmp_path / "venv"))
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "Python 3.11" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_setup_says_in_one_line_that_a_compiler_is_missing(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    done = setup(PYTHON=sys.executable, MICROTUNE_VENV=str(venv), CXX=str(tmp_path / "no-such-c++"))
    assert done.returncode == 1
    making, reason = done.stderr.splitlines()
    assert str(venv) in making
    assert "no C++ compiler" in reason
    assert "apt-get install g++" in reason


def test_setup_refuses_an_unknown_argument() -> None:
    done = setup("development")
    assert done.returncode == 1
    assert "Usage" in done.stderr
