"""Transactions: all or nothing, nested, and with several processes writing at once."""

import contextlib
import os
import subprocess
import sys

import pytest

from microtune.locations import Home
from microtune.store import Store
from tests.microtune.invented import document, keep, letter

WRITERS, EACH = 4, 40
WRITE = """
import sys
from microtune.locations import Home
from microtune.store import Store
from tests.microtune.invented import document, keep, letter
me = int(sys.argv[1])
sys.stdin.readline()  # all begin together
with Store.open(Home.find()) as store:
    for n in range(EACH):
        with store.transaction():
            before = store.documents.count()
            keep(store, document(letter(me * EACH + n), f"{me}-{n}"))
            assert store.documents.count() == before + 1
            store.ledger.append("wrote", {"by": me})
""".replace("EACH", str(EACH))


def test_what_fails_leaves_nothing(store: Store) -> None:
    with contextlib.suppress(ZeroDivisionError), store.transaction():
        keep(store, document(letter(1)))
        raise ZeroDivisionError
    assert store.documents.count() == 0
    assert list(store.ledger.lines()) == []
    assert store.retrieval.nearest(letter(1)) == []


def test_what_fails_inside_undoes_only_itself(store: Store) -> None:
    with store.transaction():
        keep(store, document(letter(1), "outer"))
        with contextlib.suppress(ZeroDivisionError), store.transaction():
            keep(store, document(letter(2), "inner"))
            raise ZeroDivisionError
    assert [d.place for d in store.documents.live()] == ["outer"]


def test_another_connection_sees_all_of_it_or_nothing(store: Store, home: Home) -> None:
    with Store.open(home) as reader:
        with store.transaction():
            keep(store, document(letter(1)))
            assert reader.documents.count() == 0
        assert reader.documents.count() == 1


def test_the_store_can_be_read_while_it_is_written(store: Store) -> None:
    keep(store, *(document(letter(n), f"p{n}") for n in range(50)))
    seen = 0
    for number, one in enumerate(store.documents.live()):
        keep(store, document(letter(100 + number), f"new {number}"))
        seen += one.place.startswith("p")
        if number >= 49:
            break
    assert seen == 50


@pytest.mark.parametrize("fresh", [True, False])
def test_processes_that_write_at_once_all_succeed(home: Home, fresh: bool) -> None:
    """On a fresh home they also create it at once."""
    if not fresh:
        Store.open(home).close()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE, str(me)],
            env=environment,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for me in range(WRITERS)
    ]
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    said = [writer.communicate(timeout=240)[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * WRITERS, said
    with Store.open(home) as store:
        assert store.documents.count() == WRITERS * EACH
        assert store.ledger.verify() == []
        assert store.problems() == []
        wrote = [line for line in store.ledger.lines() if line.event == "wrote"]
        assert len(wrote) == WRITERS * EACH
