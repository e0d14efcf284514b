"""An active adapter that the disk fails to read is not taken for none: no run starts over."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from microtune_adapters.library import Library
from tests.adapters.cards import card_for
from tests.house.files import ROOMS, ROOT
from tests.tiny import tiny_adapter

ASK = """if True:
    import sys
    from pathlib import Path
    from microtune.errors import MicrotuneError
    from microtune_adapters.library import Library

    library = Library(Path(sys.argv[1]))
    active = library.active()
    with open(sys.argv[2], "r+b") as orders:  # every read of its folder fails from now on
        orders.seek(4)
        orders.write(b"\\1")
    try:
        library.active()
    except MicrotuneError as error:
        print(error)
    print([card.id for card, _ in library.list()], active.id)
"""


def test_a_read_that_fails_is_not_the_lack_of_an_adapter(
    tmp_path: Path, base_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts" / "bench"))
    from fault_io import FailingDisk

    library = Library(tmp_path / "adapters")
    id = library.admit(tiny_adapter(tmp_path / "run", base_file, 1), card_for(base_file))
    library.use(id)
    io = FailingDisk(tmp_path, library.path(id), tmp_path / "elsewhere")
    path = os.pathsep.join(str(folder.parent) for folder in ROOMS.values())
    orders = io.environment["MICROTUNE_FAULTS_ORDERS"]
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(library.folder), orders],
        env={**os.environ, **io.environment, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    refusal, rest = done.stdout.splitlines() or [done.stderr, ""]
    assert "card.json (Input/output error). Check the disk" in refusal
    assert rest == f"[] {id}"  # a list goes on without it
