"""`daemon run` as people start it: it watches, collects, pauses, and there is only one."""

import shutil
import signal
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest

from tests.cli.residents import daemon, in_state, resident, terminated, until
from tests.cli.running import assert_whole, facts, run_apart
from tests.microtune.invented import letter

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder with three letters, which its owner consented to."""
    folder = tmp_path / "notes"
    folder.mkdir()
    for number in range(200, 203):
        (folder / f"{number}.txt").write_text(letter(number))
    facts("sources", "add", folder)
    return folder


def documents() -> int:
    return int(facts("status")["documents"])


def test_what_is_written_while_it_runs_is_collected(notes: Path) -> None:
    with resident() as process:
        until(lambda: documents() == 3, "the first pass")
        (notes / "new.txt").write_text(letter(300))
        until(lambda: documents() == 4, "the new file")
        said = in_state("watching")
        assert said["rss_mb"] < 80
        assert "no base is chosen" in said["why"]
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
    facts("status")
    with closing(connect(own_home / "microtune.db")) as database, database:
        database.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('microtune', '9999_future', '')"
        )
    assert "newer microtune" in run_apart("daemon", "run").reason
