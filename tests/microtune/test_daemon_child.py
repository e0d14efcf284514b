"""Jobs as real processes, the daemon's lock, and what the sensors say of this very machine."""

import datetime
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from microtune.daemon.child import Child
from microtune.daemon.jobs import Ended
from microtune.daemon.lock import daemon_of, only_daemon
from microtune.daemon.sensors import Sensors
from microtune.errors import MicrotuneError
from microtune.locations import Home

PATIENCE_S = 60.0  # machines are busy
NOON = datetime.time(12, 0)


def until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)


def python(program: str, given: str = "") -> Child:
    """A child that runs `program` with `lifeline` as its first argument."""
    return Child(lambda lifeline: [sys.executable, "-Ic", program, str(lifeline)], given)


def end_of(child: Child) -> Ended:
    until(child.ended, "its end")
    ended = child.ended()
    assert ended is not None
    return ended


def test_a_child_says_what_it_did() -> None:
    said = 'import sys; print("a line"); print(sys.stdin.read()); sys.exit(0)'
    assert end_of(python(said, '{"new": 3}')) == Ended(0, {"new": 3})


def test_a_child_that_fails_says_why() -> None:
    failing = "import sys; print('noise', file=sys.stderr); sys.exit('microtune: no room. Go.')"
    assert end_of(python(failing)) == Ended(1, {}, "no room. Go.")


def test_a_program_that_is_not_there_is_one_line() -> None:
    with pytest.raises(MicrotuneError, match="cannot start a process"):
        Child(lambda lifeline: ["/nowhere/at/all"])


def test_a_child_is_asked_to_leave_or_made_to() -> None:
    sleeping = "import time; print('up', flush=True); time.sleep(600)"
    child = python(sleeping)
    child.leave()
    assert end_of(child).code == -signal.SIGTERM
    deaf = python("import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)")
    deaf.kill()
    assert end_of(deaf).code == -signal.SIGKILL
    assert end_of(deaf).why == "killed by signal 9"


def test_what_a_child_started_goes_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    program = f"""if True:
        import subprocess, sys
        other = subprocess.Popen([sys.executable, "-Ic", "import time; time.sleep(600)"])
        open({str(note)!r}, "w").write(str(other.pid))
        other.wait()"""
    child = python(program)
    until(lambda: note.exists() and note.read_text(), "the grandchild")
    child.kill()
    end_of(child)
    grandchild = int(note.read_text())
    until(lambda: not _alive(grandchild), "the grandchild's end")


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


# One daemon


def test_a_second_daemon_is_refused_and_the_first_is_named(home: Home) -> None:
    assert daemon_of(home) is None
    with only_daemon(home):
        assert daemon_of(home) == os.getpid()
        with pytest.raises(MicrotuneError, match=f"as process {os.getpid()}"), only_daemon(home):
            pass
    assert daemon_of(home) is None


def test_the_lock_of_a_killed_daemon_is_no_trouble(home: Home) -> None:
    program = f"""if True:
        import time
        from pathlib import Path
        from microtune.daemon.lock import only_daemon
        from microtune.locations import Home
        with only_daemon(Home(Path({str(home.path)!r}))):
            print("held", flush=True)
            time.sleep(600)"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        assert daemon_of(home) == process.pid
        process.kill()
    assert (home.daemon / "lock").read_text() == f"{process.pid}\n"
    with only_daemon(home):
        assert daemon_of(home) == os.getpid()


# Sensors


def test_this_machine_can_be_read(tmp_path: Path) -> None:
    sensors = Sensors(tmp_path / "not" / "there" / "yet")
    first = sensors.read(NOON)
    assert first.others is None
    assert first.time_of_day == NOON
    assert first.load >= 0
    assert first.memory_mb > 100
    assert first.disk_mb > 0
    until(lambda: (sensors.read(NOON).others or 0) > 0, "work of somebody")
    assert 0 <= (sensors.read(NOON).others or 0) <= 1
