"""Two passes over the sources of a home never run at once; the daemon's gives way."""

import json
from pathlib import Path

import pytest

from microtune.locations import Home
from microtune.only_pass import only_pass
from tests.cli.running import PATIENCE_S, facts, run, start
from tests.microtune.invented import letter

WAITS = b"microtune: the sources are being read already; this pass begins after that one.\n"
HOLD = """
import contextlib, sys, time
from microtune import collecting
def hold(*_, **__):
    print("reading", flush=True)
    time.sleep(600)
collecting.collect = hold
"""  # a pass that has the lock and never ends


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "early.md").write_text(letter(1))
    assert run("sources", "add", tmp_path / "notes", "--home", tmp_path / "home").code == 0
    return tmp_path / "home"


def test_a_pass_waits_for_the_one_under_way_and_then_reads_what_is_there(home: Path) -> None:
    with only_pass(Home(home)):
        waiting = start("collect", "--home", home, "--json")
        assert waiting.stderr is not None
        assert waiting.stderr.readline() == WAITS
        notes = home.parent / "notes"
        (notes / "early.md").rename(notes / "late.md")
        assert waiting.poll() is None
        assert facts("status", "--home", home)["documents"] == 0
    out, _ = waiting.communicate(timeout=PATIENCE_S)
    assert waiting.returncode == 0
    assert json.loads(out)["new"] == 1


def test_a_pass_that_waits_ends_when_it_is_told_to(home: Path) -> None:
    with only_pass(Home(home)):
        waiting = start("collect", "--home", home)
        assert waiting.stderr is not None
        assert waiting.stderr.readline() == WAITS
        waiting.terminate()
        waiting.communicate(timeout=PATIENCE_S)
    assert waiting.returncode != 0


def test_the_daemons_pass_gives_way_to_its_owners(home: Path) -> None:
    daemons = start("daemon", "collect", "--home", home, before=HOLD)
    assert daemons.stdin is not None
    assert daemons.stdout is not None
    daemons.stdin.write(b"[]")
    daemons.stdin.close()
    assert daemons.stdout.readline() == b"reading\n"
    ran = run("collect", "--home", home, "--json")
    assert (ran.code, ran.facts["new"]) == (0, 1)
    assert daemons.wait(timeout=PATIENCE_S) == -15
    daemons.stdout.close()
    assert daemons.stderr is not None
    daemons.stderr.close()
