"""`kill -9` at any moment of a pass: nothing is lost, nothing is counted twice."""

import os
import signal
import subprocess
import sys

from microtune.collecting import collect
from microtune.curation.curator import Curator
from microtune.locations import Home
from microtune.store import Store
from microtune_collectors.memory import MemoryCollector
from tests.microtune.invented import CONSENT, FOLDER, found

TEXTS = 900
PASS = f"""
import sys, time
from microtune.collecting import collect
from microtune.curation.curator import Curator
from microtune.locations import Home
from microtune.store import Store
from microtune_collectors.memory import MemoryCollector
from tests.microtune.invented import CONSENT, FOLDER, found

def tell(place, number):
    print(number, flush=True)
    if number == int(sys.argv[1]) + 2:
        time.sleep(600)  # so that the pass never ends before it is killed

with Store.open(Home.find()) as store:
    store.sources.add(FOLDER, CONSENT)
    texts = [found(n) for n in range({TEXTS})]
    collect(store, lambda source: MemoryCollector(source, texts), Curator(), tell)
"""


def run_until(item: int) -> None:
    """Run a pass in a process of its own and kill it when it has taken about `item` items."""
    running = subprocess.Popen(
        [sys.executable, "-c", PASS, str(item)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout
    with running, running.stdout:
        for line in running.stdout:
            if int(line) == item:
                running.kill()
    assert running.returncode == -signal.SIGKILL


def test_a_killed_pass_loses_nothing_and_the_next_completes_it(home: Home) -> None:
    stored = 0
    for item in (1, 399, 402, 750):  # before, around and between commits
        run_until(item)
        with Store.open(home) as store:
            assert store.problems() == []
            assert store.ledger.verify() == []
            assert store.documents.count() >= stored
            there = {d.place for d in store.documents.live()}
            assert set(store.marks.of(FOLDER.id)) <= there  # what is marked as read
            stored = store.documents.count()
    assert 0 < stored < TEXTS
    with Store.open(home) as store:
        store.sources.add(FOLDER, CONSENT)
        rest = [found(n) for n in range(TEXTS)]
        done = collect(store, lambda source: MemoryCollector(source, rest), Curator())
        assert (done.new, done.total) == (TEXTS - stored, TEXTS)
        assert {d.place for d in store.documents.live()} == {f.place for f in rest}
        assert store.problems() == []
        assert store.ledger.verify() == []
        lines = [line.facts for line in store.ledger.lines() if line.event == "collected"]
        assert [line["new"] for line in lines] == [TEXTS]  # one line for the whole pass
