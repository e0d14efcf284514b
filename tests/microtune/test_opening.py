"""Opening the store: new, old, newer, damaged, locked, private, read-only."""

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import rmtree

import pytest

from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune.migrations import SET, TABLE, migrations
from microtune.schema import STEPS
from microtune.store import Store
from tests.microtune.invented import CONSENT, FOLDER, document, keep, letter

# root may write anywhere, so root first becomes nobody: after the imports, for Python itself may
# lie where nobody can read it
OPEN = """
import os
from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune.store import Store
if os.geteuid() == 0:
    os.setuid(65534)
try:
    Store.open(Home.find()).close()
except MicrotuneError as error:
    print(error)
"""


def test_a_new_store_is_whole_and_private(home: Home) -> None:
    with Store.open(home) as store:
        keep(store, document(letter(1)))
        assert store.problems() == []
        modes = {p.name: p.stat().st_mode & 0o777 for p in home.path.iterdir()}
    assert {"microtune.db", "microtune.db-wal", "ledger.head"} <= set(modes)
    assert set(modes.values()) == {0o600}
    assert home.path.stat().st_mode & 0o777 == 0o700


def test_a_database_that_others_could_read_is_made_private(home: Home) -> None:
    Store.open(home).close()
    home.database.chmod(0o644)
    Store.open(home).close()
    assert home.database.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("step", list(STEPS)[1:])
def test_an_older_version_is_upgraded_with_its_contents(home: Home, step: str) -> None:
    """The store as it was just before `step`, with a source in it."""
    from sqlite_utils import Database

    with closing(Database(home.create().database)) as old:
        migrations().apply(old, stop_before=step)
        old["sources"].insert(
            {
                "id": FOLDER.id,
                "kind": FOLDER.kind,
                "place": FOLDER.place,
                "me": '["ada@example.org"]',
                "consent": CONSENT,
                "consented_at": "2020-01-01T00:00:00.000000+00:00",
                "consent_line": "0" * 64,
            }
        )
    with Store.open(home) as store:
        assert store.sources.all() == (FOLDER,)
        keep(store, document(letter(1)))
        assert store.retrieval.nearest(letter(1))
        assert store.problems() == []


def test_steps_are_written_down_where_sqlite_utils_writes_them() -> None:
    assert (migrations().name, migrations().migrations_table) == (SET, TABLE)


def test_a_newer_version_is_refused_and_left_alone(home: Home) -> None:
    Store.open(home).close()
    with closing(sqlite3.connect(home.database)) as raw, raw:
        raw.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('microtune', '9999_wonders', '2099-01-01')"
        )
    with pytest.raises(MicrotuneError, match=r"newer microtune.*9999_wonders") as caught:
        Store.open(home)
    assert "Upgrade" in caught.value.remedy


def test_a_file_that_is_no_database_is_refused_and_left_alone(home: Home) -> None:
    home.create().database.write_bytes(b"Dear Mary, " * 1000)
    with pytest.raises(MicrotuneError, match=r"microtune\.db is damaged"):
        Store.open(home)
    assert home.database.read_bytes() == b"Dear Mary, " * 1000


def test_a_damaged_database_gives_a_line(home: Home) -> None:
    with Store.open(home) as store:
        keep(store, *(document(letter(n), f"p{n}") for n in range(200)))
    content = home.database.read_bytes()
    home.database.write_bytes(content[:8192] + b"\xa5" * (len(content) - 8192))
    with pytest.raises(MicrotuneError, match="damaged") as caught, Store.open(home) as store:
        list(store.documents.live())
    assert "copy" in caught.value.remedy


def test_a_database_locked_by_another_command_gives_a_line(home: Home) -> None:
    with Store.open(home) as holder, Store.open(home, busy_timeout_s=0.05) as store:
        with holder.transaction():
            with pytest.raises(MicrotuneError, match="another microtune command"):
                store.sources.add(FOLDER, CONSENT)
            assert store.sources.all() == ()  # reading goes on
        store.sources.add(FOLDER, CONSENT)


def test_opening_waits_for_another_that_creates_the_store(home: Home) -> None:
    """Against a writer that has not yet switched to write-ahead logging, SQLite would not."""
    with closing(sqlite3.connect(home.create().database, check_same_thread=False)) as other:
        other.isolation_level = None
        other.execute("CREATE TABLE busy (n)")
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.3, other.rollback)
        release.start()
        Store.open(home).close()
        release.join()


def test_a_home_that_is_a_file_gives_a_line(home: Home) -> None:
    home.path.write_text("in the way")
    with pytest.raises(MicrotuneError, match="cannot write to the home") as caught:
        Store.open(home)
    assert "--home" in caught.value.remedy


@pytest.fixture
def anyones_folder() -> Iterator[Path]:
    """Outside pytest's own folder, which other users may not enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    rmtree(folder)


def as_someone_without_rights(home: Path) -> str:
    """What opening says to a user who is not root."""
    done = subprocess.run(
        [sys.executable, "-c", OPEN],
        env={**os.environ, "MICROTUNE_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout


def test_a_read_only_home_gives_a_line(anyones_folder: Path) -> None:
    Store.open(Home(anyones_folder)).close()
    anyones_folder.chmod(0o555)
    said = as_someone_without_rights(anyones_folder)
    assert said == (
        f"cannot write to the home {anyones_folder} (Permission denied). "
        "Choose another with --home DIR, or give yourself write access to it.\n"
    )


def test_a_read_only_database_gives_a_line(anyones_folder: Path) -> None:
    home = Home(anyones_folder)
    Store.open(home).close()
    home.database.chmod(0o444)
    anyones_folder.chmod(0o777)
    said = as_someone_without_rights(anyones_folder)
    assert said.startswith(f"cannot open {home.database} for writing")
    assert said.count("\n") == 1


def test_two_stores_of_one_process_keep_their_log_when_others_come_and_go(home: Home) -> None:
    """Opening the second must not drop the first one's locks: another process that closes as if it
    were the last one deletes the write-ahead log from under it."""
    other = "from microtune.locations import Home; from microtune.store import Store\nimport sys\n"
    other += "from pathlib import Path\nwith Store.open(Home(Path(sys.argv[1]))) as store:\n"
    other += "    store.ledger.append('beside', {})\n"
    with Store.open(home) as first, Store.open(home) as second:
        for number in range(3):
            first.ledger.append("first", {"number": number})
            subprocess.run([sys.executable, "-c", other, str(home.path)], check=True)
            assert home.database.with_name(f"{home.database.name}-wal").exists()
            second.ledger.append("second", {"number": number})
        events = [line.event for line in first.ledger.lines()]
    assert events == ["first", "beside", "second"] * 3
