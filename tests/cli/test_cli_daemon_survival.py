"""`daemon run` through kills at random moments, a full disk, and texts that only measure."""

import json
import random
import resource
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from microtune.daemon.attempts import Attempts
from microtune.locations import Home
from tests.cli.conftest import MINUTES
from tests.cli.residents import daemon, gone, in_state, resident, terminated, until
from tests.cli.running import assert_whole, facts
from tests.collectors.letters import ME
from tests.microtune.invented import letter

pytestmark = pytest.mark.timeout(900)

UNDISTURBED = ("idle_load=100", "idle_minutes=0", "battery_percent=0", "new_words=100")
KILLS, LATEST_S = 3, 4.0  # of processor time, into a run: its imports, and its steps


def notes(folder: Path, numbers: range) -> Path:
    folder.mkdir(exist_ok=True)
    for number in numbers:
        (folder / f"{number}.txt").write_text(letter(number))
    return folder


def test_killed_at_random_moments_it_comes_to_its_end(collected: Path) -> None:
    """The daemon or its run, whichever chance has it; nothing that either does waits for it."""
    facts("daemon", "settings", *UNDISTURBED, "minutes=60")
    chance = random.Random(1)
    for _ in range(KILLS):
        with resident() as process:
            facts("daemon", "resume")  # no rest after the last kill
            child = until(lambda: run_of(process.pid), "a run")
            at_work(child, chance.uniform(0, LATEST_S))
            victim = chance.choice([process.pid, child])
            psutil.Process(victim).kill()
            until(lambda: gone(victim), "its end")  # noqa: B023 (called at once)
            assert_whole(collected)
    with resident() as process:
        facts("daemon", "resume")
        child = until(lambda: run_of(process.pid), "a run")
        until(lambda: list(collected.glob("runs/*/plan.json")), "its plan")
        process.kill()
        until(lambda: gone(child), "its end")
    for plan in collected.glob("runs/*/plan.json"):
        plan.write_text(json.dumps({**json.loads(plan.read_text()), "steps": 40}))
    with resident() as process:
        facts("daemon", "resume")
        until(lambda: facts("status")["active"], "an adapter")
        terminated(process)
    events = [line["event"] for line in facts("ledger")["lines"]]
    assert events.count("promoted") == 1
    assert_whole(collected)


def run_of(pid: int) -> int | None:
    """The process in which this daemon has a run trained; one of a daemon before may be leaving."""
    child = daemon()["training_pid"]
    return child if child in {one.pid for one in psutil.Process(pid).children()} else None


def at_work(pid: int, seconds: float) -> None:
    """Wait until a process has taken so much processor time."""
    while (times := psutil.Process(pid).cpu_times()).user + times.system < seconds:
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems limit no process from outside")
def test_a_full_disk_is_told_and_what_could_not_be_kept_is_read_later(tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk."""
    folder = notes(tmp_path / "notes", range(200, 203))
    facts("sources", "add", folder)
    with resident() as process:
        until(lambda: facts("status")["documents"] == 3, "the first pass")
        home = Path(facts("status")["home"])
        limit_files(process.pid, (home / "microtune.db").stat().st_size + 20_000)
        long = "\n\n".join(letter(number) for number in range(300, 500))
        (folder / "long.txt").write_text(long)
        assert process.stdout is not None
        next(line for line in process.stdout if b"is full or cannot be written" in line)
        until(lambda: "cannot collect" in daemon()["why"], "status to say so")
        assert facts("status")["documents"] == 3
        assert_whole(home)
        limit_files(process.pid, resource.RLIM_INFINITY)
        facts("daemon", "pause")
        in_state("paused")
        facts("daemon", "resume")
        until(lambda: facts("status")["documents"] == 4, "what did not fit")
        terminated(process)
    assert_whole(home)


def limit_files(pid: int, size: int) -> None:
    """The process and what it starts from now on can make no file larger."""
    getattr(resource, "prlimit")(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))  # noqa: B009 (not on macOS)


def test_texts_that_only_measure_have_it_train_once_and_not_again(
    own_home: Path, base_file: Path, mailbox: Path, tmp_path: Path
) -> None:
    facts("init", "--base", base_file, "--yes")
    newest = notes(tmp_path / "newest", range(500, 510))  # newer than the mails: held out
    facts("sources", "add", mailbox, "--me", ME)
    facts("sources", "add", newest)
    facts("collect")
    assert facts("train", "--minutes", MINUTES)["status"] == "promoted"
    facts("sources", "remove", newest)
    others = notes(tmp_path / "others", range(510, 520))
    facts("sources", "add", others)
    facts("daemon", "settings", *UNDISTURBED, f"minutes={MINUTES}")
    before = last_run()
    with resident() as process:
        until(lambda: Attempts.load(Home.find()).held_back.words, "that nothing was new")
        said = in_state("watching")
        assert "that only measure" in said["why"]
        assert last_run() == before
        notes(others, range(520, 532))
        until(lambda: last_run()["id"] != before["id"], "a run of them")
        until(lambda: last_run()["state"] in ("promoted", "rejected"), "its end")
        out = terminated(process)
    assert "Nothing new since adapter" in out
    assert out.count("training begins") == 2
    assert_whole(own_home)


def last_run() -> dict[str, Any]:
    found = facts("status")["last_run"]
    assert isinstance(found, dict)
    return found
