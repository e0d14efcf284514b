"""Runs microtune's command line for tests: in this process, or as the process that people start."""

import json
import os
import subprocess
import sys
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from sqlite3 import connect
from typing import Any

from microtune_tui import cli

PATIENCE_S = 240.0  # machines are busy
PROGRAM = "import sys; from microtune_tui.cli import main; sys.argv[0] = 'microtune'; main()"


@dataclass(frozen=True)
class Ran:
    """What a command left: exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def facts(self) -> dict[str, Any]:
        """The one JSON object that is all of standard output."""
        assert self.out.count("\n") == 1, self.out + self.err
        facts = json.loads(self.out)
        assert isinstance(facts, dict)
        return facts

    @property
    def reason(self) -> str:
        """The one line of an exit with 1."""
        assert self.code == 1, self
        assert self.err.startswith("microtune: "), self
        assert self.err.count("\n") == 1, self
        assert "unexpected" not in self.err
        return self.err.removeprefix("microtune: ").rstrip()


def run(*arguments: object) -> Ran:
    """A command in this process, in the home of the test unless it names another."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = cli.run([str(argument) for argument in arguments])
    return Ran(code, out.getvalue(), err.getvalue())


def facts(*arguments: object) -> dict[str, Any]:
    """What a command says with --json, once it is done and had nothing to complain of."""
    ran = run(*arguments, "--json")
    assert (ran.code, ran.err) == (0, "")
    return ran.facts


def start(*arguments: object, before: str = "", first: str = "") -> subprocess.Popen[bytes]:
    """A command in a process of its own; `before` is Python that it runs first, and `first` the
    folder where it and what it starts look for modules before others."""
    return subprocess.Popen(
        [sys.executable, "-c", f"{before}\n{PROGRAM}", *map(str, arguments)],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([first, *sys.path] if first else sys.path),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run_apart(*arguments: object, given: bytes = b"", before: str = "") -> Ran:
    """A command in a process of its own, to its end; `given` is its standard input."""
    process = start(*arguments, before=before)
    out, err = process.communicate(given, timeout=PATIENCE_S)
    return Ran(process.returncode, out.decode(), err.decode())


def assert_whole(home: Path) -> None:
    """The store and its ledger are as they should be."""
    with closing(connect(home / "microtune.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert facts("ledger", "verify", "--home", home)["whole"] is True
