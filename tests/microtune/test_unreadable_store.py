"""A disk whose reads fail: SQLite calls the database malformed, and nobody shall move it away."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from microtune.locations import Home
from microtune.store import Store
from tests.house.files import ROOT

OPEN = """if True:
    import sys
    from pathlib import Path
    from microtune.connection import Connection
    from microtune.errors import MicrotuneError
    from microtune.migrations import migrate

    connection = Connection(Path(sys.argv[1]))
    %s
    with open(sys.argv[2], "r+b") as orders:  # every read fails from now on
        orders.seek(4)
        orders.write(b"\\1")
    try:
        %s
    except MicrotuneError as error:
        print(error)
"""


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        ("pass", "migrate(connection)"),
        ("migrate(connection)", "connection.row('PRAGMA integrity_check')"),
    ],
)
def test_reads_that_fail_are_not_told_as_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, asked: str
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts" / "bench"))
    from fault_io import FailingDisk

    home = Home(tmp_path / "home")
    with Store.open(home):
        pass
    io = FailingDisk(tmp_path, home.path, tmp_path / "elsewhere")
    orders = io.environment["MICROTUNE_FAULTS_ORDERS"]
    done = subprocess.run(
        [sys.executable, "-c", OPEN % (before, asked), str(home.database), orders],
        env={**os.environ, **io.environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "the disk failed, or the file is damaged" in done.stdout, done.stderr
    assert "run the command again" in done.stdout
    assert len(done.stdout.splitlines()) == 1
