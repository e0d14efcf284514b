"""`daemon run` as people start it: real processes, signals, and a tiny base to train on.

Waits are bounded and end with the condition that they wait for: machines are busy.
"""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.cli.conftest import MINUTES
from tests.cli.running import assert_whole, facts, run, run_apart, start
from tests.microtune.invented import letter

PATIENCE_S = 240.0
pytestmark = pytest.mark.timeout(900)

UNDISTURBED = ("idle_load=100", "idle_minutes=0", "battery_percent=0", "new_words=100")
ALL_DAY = "quiet_hours=00:00-23:59"  # but for a minute at midnight


def until(true: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE_S
    while not (found := true()):
        assert time.monotonic() < end, f"never: {what}; {facts('daemon', 'status')}"
        time.sleep(0.1)
    return found


@contextmanager
def resident() -> Iterator[subprocess.Popen[bytes]]:
    """A daemon of the test's home; it is killed at the end if it still runs."""
    with start("daemon", "run") as process:
        try:
            until(lambda: daemon()["pid"] == process.pid, "the daemon's start")
            yield process
        finally:
            process.kill()


def daemon() -> dict[str, Any]:
    return facts("daemon", "status")


def in_state(*states: str) -> dict[str, Any]:
    """What status says once the daemon is in one of these."""

    def there() -> dict[str, Any] | None:
        said = daemon()
        return said if said["state"] in states else None

    found = until(there, " or ".join(states))
    assert isinstance(found, dict)
    return found


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def terminated(process: subprocess.Popen[bytes]) -> str:
    """What a daemon said, after SIGTERM brought it to a clean end."""
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (0, b"")
    return out.decode()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder with three letters, which its owner consented to."""
    folder = tmp_path / "notes"
    folder.mkdir()
    for number in range(200, 203):
        (folder / f"{number}.txt").write_text(letter(number))
    facts("sources", "add", folder)
    return folder


@pytest.fixture
def notified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a desktop's notify-send was asked to show, a line each."""
    log, folder = tmp_path / "notified", tmp_path / "bin"
    folder.mkdir()
    for name in ("notify-send", "osascript"):
        (folder / name).write_text(f'#!/bin/sh\necho "$@" >> "{log}"\n')
        (folder / name).chmod(0o755)
    log.touch()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return log


def documents() -> int:
    return int(facts("status")["documents"])


def test_what_is_written_while_it_runs_is_collected(notes: Path) -> None:
    with resident() as process:
        until(lambda: documents() == 3, "the first pass")
        (notes / "new.txt").write_text(letter(300))
        until(lambda: documents() == 4, "the new file")
        said = in_state("watching")
        assert said["rss_mb"] < 80
        assert "20 are needed" in said["why"]
        assert facts("status")["daemon"] == "watching"
        assert "collected" in terminated(process)
    assert daemon()["state"] == "not running"


def test_a_source_that_is_added_is_picked_up(notes: Path, tmp_path: Path) -> None:
    with resident() as process:
        until(lambda: documents() == 3, "the first pass")
        more = tmp_path / "more"
        more.mkdir()
        (more / "one.txt").write_text(letter(400))
        facts("sources", "add", more)
        process.send_signal(signal.SIGHUP)
        until(lambda: documents() == 4, "the new source")
        terminated(process)


def test_a_second_daemon_is_refused_with_the_process_of_the_first(notes: Path) -> None:
    with resident() as process:
        reason = run_apart("daemon", "run").reason
        assert f"as process {process.pid}" in reason
        process.kill()
        process.wait()
        with resident() as next_one:
            assert daemon()["pid"] == next_one.pid
            terminated(next_one)


def test_a_pause_holds_over_a_restart(notes: Path) -> None:
    with resident() as process:
        in_state("watching")
        facts("daemon", "pause")
        in_state("paused")
        terminated(process)
    (notes / "new.txt").write_text(letter(300))
    with resident() as process:
        in_state("paused")
        before = documents()
        assert facts("daemon", "resume")["running"] is True
        until(lambda: documents() == 4, "what was written meanwhile")
        assert before < 4
        terminated(process)


@pytest.fixture
def long_run(collected: Path, notified: Path) -> Path:
    """A home in which a run of an hour is wanted, and nothing disturbs."""
    facts("daemon", "settings", *UNDISTURBED, "minutes=60")
    return collected


def trains(home: Path) -> dict[str, Any]:
    """What status says once a run is in its loop."""
    in_state("training")
    until(lambda: list(home.glob("runs/*/plan.json")), "a run's first step")
    return daemon()


def shorten(home: Path) -> None:
    """Let the run come to its end soon."""
    (path,) = home.glob("runs/*/plan.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "steps": 40}))


def test_killed_it_takes_the_run_with_it_and_the_next_goes_on(
    long_run: Path, notified: Path
) -> None:
    with resident() as process:
        child = trains(long_run)["training_pid"]
        niceness = psutil.Process(child).nice()
        process.kill()
        until(lambda: gone(child), "the end of the training process")
    assert niceness == 19
    assert_whole(long_run)
    before = facts("status")["last_run"]
    assert before["state"] in ("running", "interrupted")
    shorten(long_run)
    with resident() as process:
        until(lambda: daemon()["last_run"]["state"] in ("promoted", "rejected"), "its end")
        in_state("watching")
        terminated(process)
    after = facts("status")
    assert after["last_run"]["id"] == before["id"]
    assert after["last_run"]["state"] == "promoted"
    assert len(notified.read_text().splitlines()) == len(after["notices"]) == 1
    assert after["active"] in after["notices"][0]
    assert facts("status")["notices"] == []
    with resident() as process:
        in_state("watching")
        terminated(process)
    assert facts("status")["notices"] == []
    assert len(notified.read_text().splitlines()) == 1
    assert_whole(long_run)


def test_a_run_leaves_when_a_condition_changes_and_goes_on_later(long_run: Path) -> None:
    with resident() as process:
        child = trains(long_run)["training_pid"]
        facts("daemon", "settings", ALL_DAY)
        until(lambda: gone(child), "the end of the training process")
        said = in_state("waiting")
        assert "quiet hours" in said["why"]
        assert "-> quiet hours" in run("daemon", "status").out
        before = said["last_run"]["id"]
        shorten(long_run)
        facts("daemon", "settings", "quiet_hours=")
        until(lambda: daemon()["last_run"]["state"] in ("promoted", "rejected"), "its end")
        assert daemon()["last_run"]["id"] == before
        out = terminated(process)
    assert "training leaves: quiet hours" in out
    assert_whole(long_run)


def test_a_killed_run_is_a_failure_that_its_owner_can_have_tried_again(long_run: Path) -> None:
    with resident() as process:
        child = trains(long_run)["training_pid"]
        psutil.Process(child).kill()
        said = in_state("waiting")
        assert "killed by signal 9" in said["why"]
        shorten(long_run)
        facts("daemon", "resume")
        until(lambda: daemon()["last_run"]["state"] in ("promoted", "rejected"), "its end")
        terminated(process)
    assert_whole(long_run)


def test_a_new_base_is_trained_for_without_new_words(
    trained: Path, other_base_file: Path, notified: Path
) -> None:
    before = facts("status")["active"]
    facts("init", "--base", other_base_file, "--yes")
    facts("daemon", "settings", *UNDISTURBED, "new_words=1000000", f"minutes={MINUTES}")
    with resident() as process:
        until(lambda: facts("status")["active"] != before, "an adapter of the new base")
        in_state("watching")
        terminated(process)
    assert facts("status")["active_fits"] is True


def test_a_source_that_is_unplugged_and_comes_back_loses_nothing(
    notes: Path, tmp_path: Path
) -> None:
    with resident() as process:
        until(lambda: documents() == 3, "the first pass")
        notes.rename(tmp_path / "elsewhere")
        shutil.copytree(tmp_path / "elsewhere", tmp_path / "back")
        (tmp_path / "back" / "new.txt").write_text(letter(300))
        (tmp_path / "back").rename(notes)
        process.send_signal(signal.SIGHUP)
        until(lambda: documents() == 4, "what is new in it")
        terminated(process)
    assert_whole(Path(facts("status")["home"]))


def test_a_home_that_a_newer_version_wrote_is_refused(own_home: Path) -> None:
    from contextlib import closing
    from sqlite3 import connect

    facts("status")
    with closing(connect(own_home / "microtune.db")) as database, database:
        database.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('microtune', '9999_future', '')"
        )
    assert "newer microtune" in run_apart("daemon", "run").reason
