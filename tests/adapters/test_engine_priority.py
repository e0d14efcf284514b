"""The engine's process is as polite as its owner: what the daemon has measured disturbs nobody."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="of Linux's queues")

OWNER = """
import json, os, sys
from pathlib import Path
import psutil
from microtune.daemon.priority import be_last
from microtune_adapters.engine.remote import RemoteEngine

def stands(pid):
    process = psutil.Process(pid)
    return {
        "nice": process.nice(),
        "idle": {os.sched_getscheduler(thread.id) for thread in process.threads()}
        == {os.SCHED_IDLE},
        "disk": process.ionice().ioclass == psutil.IOPRIO_CLASS_IDLE,
        "autogroup": read(pid, "autogroup"),
        "oom": read(pid, "oom_score_adj"),
        "session": os.getsid(pid),
        "group": os.getpgid(pid),
    }

def read(pid, name):
    path = Path(f"/proc/{pid}/{name}")
    return path.read_text().strip() if path.exists() else ""

be_last()
engine = RemoteEngine(Path(sys.argv[1]), n_ctx=256, n_threads=2)
engine.start()
(worker,) = psutil.Process().children()
print(json.dumps([stands(os.getpid()), stands(worker.pid)]))
engine.close()
"""


@pytest.fixture(scope="module")
def owner_and_engine(base_file: Path) -> list[dict[str, Any]]:
    """How a process that went last stands in every queue, and how its engine does."""
    done = subprocess.run(
        [sys.executable, "-c", OWNER, str(base_file)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        start_new_session=True,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert isinstance(found, list)
    return found


def test_the_engine_stands_where_its_owner_stands(owner_and_engine: list[dict[str, Any]]) -> None:
    owner, engine = owner_and_engine
    assert (owner["nice"], owner["idle"], owner["disk"]) == (19, True, True)
    assert {**engine, "group": 0} == {**owner, "group": 0}


def test_it_is_in_a_scheduling_group_that_yields(owner_and_engine: list[dict[str, Any]]) -> None:
    _, engine = owner_and_engine
    if not engine["autogroup"]:
        pytest.skip("this kernel has no autogroups")
    assert engine["autogroup"].endswith("nice 19")


def test_ctrl_c_on_its_owners_terminal_does_not_reach_it(
    owner_and_engine: list[dict[str, Any]],
) -> None:
    owner, engine = owner_and_engine
    assert engine["group"] != owner["group"]
