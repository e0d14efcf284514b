"""A small fault campaign: it finds nothing broken, goes on where it was, and would find damage."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.house.files import ROOMS, ROOT

BENCH = ROOT / "scripts" / "bench"


def faults(results: Path, count: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    """A campaign of the seed that brings six kinds of fault early."""
    path = os.pathsep.join(str(folder.parent) for folder in ROOMS.values())
    command = [sys.executable, BENCH / "faults.py", "--faults", count, "--seed", 3]
    return subprocess.run(
        [*map(str, command), "--messages", "30", "--results", str(results), *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    )


def rows(results: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in results.read_text().splitlines()]


def test_a_small_campaign_finds_nothing_broken_and_goes_on_where_it_was(tmp_path: Path) -> None:
    results, page = tmp_path / "faults.jsonl", tmp_path / "page.md"
    page.write_text("<!-- faults:begin -->\n<!-- faults:end -->\n")
    done = faults(results, 6, "--docs", page)
    found = rows(results)
    assert done.returncode == 0, [row["problems"] for row in found] or done.stderr
    assert [row["number"] for row in found] == list(range(6))
    assert len({row["kind"] for row in found}) > 1
    said = json.loads(done.stdout.partition("\n")[0])
    assert (said["faults"], said["failed"]) == (6, 0)
    assert said["landed"] == sum(row["landed"] for row in found) > 0  # some are over in a blink
    assert "**0 of 6 broke a promise.**" in page.read_text()

    kept = results.read_text()
    assert faults(results, 6).returncode == 0
    assert results.read_text() == kept


def test_a_broken_promise_is_told_and_fails_the_campaign(tmp_path: Path) -> None:
    results = tmp_path / "faults.jsonl"
    fault = {"number": 0, "seed": 3, "job": "train", "kind": "kill", "landed": True, "tries": 1}
    left = {"share": 0.5, "code": -9, "step": 4, "progress": 0.4, "problems": ["a text is lost"]}
    results.write_text(json.dumps({**fault, **left}) + "\n")
    done = faults(results, 1)
    assert done.returncode == 1
    assert "seed 3, number 0: kill during train at 0.50 of its work: a text is lost" in done.stdout


def test_a_lost_document_and_a_changed_adapter_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comparison itself, on states that differ."""
    monkeypatch.syspath_prepend(str(BENCH))
    from fault_checks import Trial
    from fault_draws import Fault
    from fault_state import State

    whole = State(frozenset({("s", "p", "id", False)}), "a", 1.0, None, ())
    scene = type("Scene", (), {"before": whole, "after": whole})()
    scenes = type("Scenes", (), {"work": tmp_path, "place": type("P", (), {"home": tmp_path})()})()
    trial = Trial(scenes, scene, Fault(0, 1, "collect", "kill", 0.5, 0.5))
    trial._check_left(whole)
    trial._compare(whole)
    assert trial.problems == []
    trial._check_left(State(frozenset(), "b", 1.0, None, ("SQLite: torn",)))
    trial._compare(State(frozenset(), "a", 1.0, None, ()))
    assert any("documents are lost" in line for line in trial.problems)
    assert any("b is the active adapter" in line for line in trial.problems)
    assert any("SQLite: torn" in line for line in trial.problems)
    assert any("rows differ" in line for line in trial.problems)
    trial._check_told("again", State(frozenset(), "", 1.0, None, (), told=("microtune.db",)))
    assert trial.problems[-1] == "again: forgotten, but still in microtune.db"


def test_a_failing_disk_tears_a_write_and_is_sound_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The preloaded library, on a process that writes one byte string after the other."""
    monkeypatch.syspath_prepend(str(BENCH))
    from fault_io import FailingDisk

    disk, beside = tmp_path / "disk", tmp_path / "beside"
    disk.mkdir()
    beside.mkdir()
    io = FailingDisk(tmp_path, disk, beside)
    io.order("writes", "one")
    script = """if True:
        import os, sys
        file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
        for _ in range(2):
            try:
                os.write(file, b"abcd")
            except OSError as error:
                print(error.strerror)
        print(os.pread(file, 9, 0))
    """

    def written(path: Path) -> str:
        command = [sys.executable, "-c", script, str(path)]
        environment = {**os.environ, **io.environment}
        return subprocess.run(command, env=environment, capture_output=True, text=True).stdout

    assert written(beside / "file") == "b'abcdabcd'\n"
    assert written(disk / "file") == "Input/output error\nb'ababcd'\n"
    io.order("reads", "every")
    assert "ab" not in written(disk / "other")
    io.mend()
    assert written(disk / "third") == "b'abcdabcd'\n"


def test_a_share_of_work_is_counted_in_processor_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    from fault_moments import Course, Used

    used = Used(os.getpid())
    before, idle = used.now(), time.monotonic()
    time.sleep(0.2)
    asleep = used.now() - before
    while used.now() - before < 0.2:
        pass
    assert asleep < time.monotonic() - idle
    course = Course(body=4.0, tail=2.0)
    course.missed(after_export=True, took=1.0)
    assert (course.of(after_export=False), course.of(after_export=True)) == (4.0, 1.5)


def test_what_is_to_be_forgotten_is_found_in_any_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    from fault_forget import MARK, marked, remains

    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "rows").write_bytes(b"\0" + marked("I sold it near our well.").encode())
    (tmp_path / "index").write_bytes(MARK[1:].encode("utf-16-le"))
    (tmp_path / "ledger").write_text("I sold it near our well.")
    assert remains(tmp_path) == ["index", "runs/rows"]
