"""A disk whose reads fail: SQLite calls the database malformed, and nobody shall move it away."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from microtune.locations import Home
from microtune.store import Store
from tests.house.files import ROOT

READ = """if True:
    import sys
    from pathlib import Path
    from microtune.errors import MicrotuneError
    from microtune.locations import Home
    from microtune.store import Store

    with Store.open(Home(Path(sys.argv[1]))) as store:
        with open(sys.argv[2], "r+b") as orders:  # every read fails from now on
            orders.seek(4)
            orders.write(b"\\1")
        try:
            store.problems()
        except MicrotuneError as error:
            print(error)
"""


def test_reads_that_fail_are_not_told_as_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts" / "bench"))
    from fault_io import FailingDisk

    home = tmp_path / "home"
    with Store.open(Home(home)):
        pass
    io = FailingDisk(tmp_path, home, tmp_path / "elsewhere")
    environment = {**os.environ, **io.environment, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", READ, str(home), environment["MICROTUNE_FAULTS_ORDERS"]],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "the disk failed, or the file is damaged" in done.stdout, done.stderr
    assert "run the command again" in done.stdout
    assert len(done.stdout.splitlines()) == 1
