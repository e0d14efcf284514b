"""`daemon run` with real training on a tiny base: kills, conditions, announcements."""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.cli.residents import BEHIND, daemon, gone, in_state, resident, terminated, until
from tests.cli.running import assert_whole, facts, run

pytestmark = pytest.mark.timeout(900)

UNDISTURBED = ("idle_load=100", "idle_minutes=0", "battery_percent=0", "new_words=100")


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


@pytest.fixture
def long_run(collected: Path, notified: Path) -> Path:
    """A home in which a run of an hour is wanted, and nothing disturbs."""
    facts("daemon", "settings", *UNDISTURBED, "minutes=60")
    return collected


def quiet_from_now_on() -> str:
    """Quiet hours that hold at this time of day and for most of the next one."""
    begin, end = (datetime.now() - timedelta(hours=hours) for hours in (1, 2))
    return f"quiet_hours={begin:%H:%M}-{end:%H:%M}"


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
    assert niceness == psutil.Process().nice() + BEHIND  # it asked to be last
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
        facts("daemon", "settings", quiet_from_now_on())
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
    facts("daemon", "settings", *UNDISTURBED, "new_words=1000000", "minutes=60")
    with resident() as process:
        psutil.Process(trains(trained)["training_pid"]).kill()
        in_state("waiting")
        shorten(trained)  # to as many steps as make it better, however slow they are
        facts("daemon", "resume")
        until(lambda: facts("status")["active"] != before, "an adapter of the new base")
        in_state("watching")
        terminated(process)
    assert facts("status")["active_fits"] is True
