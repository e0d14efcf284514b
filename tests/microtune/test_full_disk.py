"""A disk that fills up: one line, and what was stored stays whole."""

import os
import subprocess
import sys

from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune.store import Store
from tests.microtune.invented import document, keep, letter


def test_a_full_database_gives_a_line_and_loses_nothing(home: Home) -> None:
    """SQLite's own limit on pages gives the same error as a full disk."""
    with Store.open(home) as store:
        limit_pages(store, 60)
        said = keep_until_refused(store)
        assert "is full" in said.what
        assert "nothing that was stored is lost" in said.remedy
        assert store.problems() == []
        stored = store.documents.count()
        assert stored > 0
        limit_pages(store, 100_000)
        keep(store, document(letter(stored), f"p{stored}"))
        assert store.documents.count() == stored + 1


def limit_pages(store: Store, pages: int) -> None:
    next(store._connection.rows(f"PRAGMA max_page_count = {pages}"))


def keep_until_refused(store: Store) -> MicrotuneError:
    try:
        for n in range(1000):
            keep(store, document(letter(n), f"p{n}"))
            assert store.documents.count() == n + 1
    except MicrotuneError as error:
        return error
    raise AssertionError("it was never full")


def test_a_disk_that_takes_no_more_gives_a_line_and_loses_nothing(home: Home) -> None:
    """A limit on file sizes in a process of its own: writes fail as the system fails them."""
    script = """
import resource, sys
from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune.store import Store
from tests.microtune.invented import document, keep, letter
store = Store.open(Home.find())
keep(store)
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
try:
    for n in range(100_000):
        keep(store, document(letter(n), f"p{n}"))
except MicrotuneError as error:
    print(n, error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    stored, said = done.stdout.split(" ", 1)
    assert "is full or cannot be written" in said
    with Store.open(home) as store:
        assert store.documents.count() == int(stored) > 0
        assert store.problems() == []
        assert store.ledger.verify() == []
