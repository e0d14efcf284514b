"""The engine in its own process: its death costs one error, and it never outlives its owner."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from microtune.contracts import Generated, Sampling
from microtune.errors import MicrotuneError
from microtune_adapters.engine.llama import LlamaEngine
from microtune_adapters.engine.remote import RemoteEngine
from tests.adapters.engine_contract import PLAIN, TURNS, answer
from tests.slow_engine import slow_engine
from tests.tiny import tiny_adapter

LONG = Sampling(max_tokens=400, temperature=2.0, top_p=1.0, min_p=0.0, seed=3)


@pytest.fixture
def engine(base_file: Path) -> Iterator[RemoteEngine]:
    engine = RemoteEngine(base_file, n_ctx=512, n_threads=1)
    yield engine
    engine.close()


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine's process draws some twenty tokens a second, so that `LONG` is not over before a
    busy machine lets the test go on."""
    monkeypatch.syspath_prepend(slow_engine(tmp_path / "slow"))


def worker_of(engine: RemoteEngine) -> psutil.Process:
    """The one child of this process."""
    engine.start()
    [child] = psutil.Process().children()
    return child


def test_answers_as_the_engine_in_this_process(
    engine: RemoteEngine, base_file: Path, tmp_path: Path
) -> None:
    local = LlamaEngine(base_file, n_ctx=512, n_threads=1)
    adapter = tiny_adapter(tmp_path / "adapter", base_file)
    try:
        for each in (adapter, None):
            local.use(each)
            engine.use(each)
            assert answer(engine)[0] == answer(local)[0]
            assert engine.score(TURNS, "tea") == local.score(TURNS, "tea")
            ours, theirs = engine.logits(TURNS, "the tea"), local.logits(TURNS, "the tea")
            assert np.array_equal(np.asarray(ours), np.asarray(theirs))
    finally:
        local.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT])
def test_a_death_during_a_stream_costs_one_error(
    slow: None, engine: RemoteEngine, base_file: Path, tmp_path: Path, number: signal.Signals
) -> None:
    engine.use(tiny_adapter(tmp_path / "adapter", base_file))
    whole = answer(engine)[0]
    said: list[Generated] = []
    stream = engine.stream(TURNS, LONG, said.append)
    next(stream)
    worker_of_stream = psutil.Process().children()[0]
    worker_of_stream.send_signal(number)
    with pytest.raises(MicrotuneError, match=rf"the engine stopped \(signal {number:d}") as caught:
        list(stream)
    assert caught.value.remedy
    assert said == []
    assert answer(engine)[0] == whole  # by a new process, with the same adapter
    assert not worker_of_stream.is_running()


def test_a_death_between_calls_costs_one_error(engine: RemoteEngine) -> None:
    whole = answer(engine)[0]
    worker_of(engine).kill()
    with pytest.raises(MicrotuneError, match="the engine stopped"):
        answer(engine)
    assert answer(engine)[0] == whole


def test_an_adapter_that_is_gone_does_not_block_the_way_back(
    engine: RemoteEngine, base_file: Path, tmp_path: Path
) -> None:
    whole = answer(engine)[0]
    folder = tiny_adapter(tmp_path / "adapter", base_file)
    engine.use(folder)
    (folder / "adapter.gguf").unlink()
    worker_of(engine).kill()
    for message in ("the engine stopped", "cannot read"):
        with pytest.raises(MicrotuneError, match=message):
            engine.score(TURNS, "tea")
    engine.use(None)
    assert answer(engine)[0] == whole


def test_mutated_adapters_cost_no_more_than_an_error(
    engine: RemoteEngine, base_file: Path, tmp_path: Path
) -> None:
    whole = answer(engine)[0]
    path = tiny_adapter(tmp_path / "adapter", base_file) / "adapter.gguf"
    content, chance = path.read_bytes(), random.Random(0)
    refused = []
    for _ in range(60):
        mutated = bytearray(content)
        for _ in range(chance.choice((1, 4))):
            mutated[chance.randrange(2_000)] = chance.randrange(256)
        path.write_bytes(mutated)
        try:
            engine.use(path.parent)
        except MicrotuneError as error:
            refused.append(error.what)
    assert len(refused) > 20
    assert not [what for what in refused if "the engine stopped" in what]  # none aborted it
    engine.use(None)
    assert answer(engine)[0] == whole


def test_cancelling_from_another_thread_ends_a_running_stream(
    slow: None, engine: RemoteEngine
) -> None:
    said: list[Generated] = []
    pieces: list[str] = []
    stream = engine.stream(TURNS, LONG, said.append)
    pieces.append(next(stream))
    thread = threading.Thread(target=engine.cancel)
    thread.start()
    pieces += stream
    thread.join()
    assert said[0].finish == "cancelled"
    assert said[0].tokens < LONG.max_tokens


def test_closing_from_another_thread_ends_a_running_stream(
    slow: None, engine: RemoteEngine
) -> None:
    said: list[Generated] = []
    stream = engine.stream(TURNS, LONG, said.append)
    next(stream)
    thread = threading.Thread(target=engine.close)
    thread.start()
    list(stream)
    thread.join()
    assert said == []
    assert not psutil.Process().children()


def test_no_process_is_started_before_it_is_needed(engine: RemoteEngine) -> None:
    assert engine.base_sha256
    engine.cancel()
    assert not psutil.Process().children()
    child = worker_of(engine)
    engine.close()
    assert not child.is_running()


OWNER = """
import sys, time
from pathlib import Path
from microtune.contracts import Sampling, Turn
from microtune_adapters.engine.remote import RemoteEngine

engine = RemoteEngine(Path(sys.argv[1]), n_ctx=256, n_threads=1)
next(engine.stream([Turn("user", "tea")], Sampling(temperature=2.0), print))
import psutil
print(psutil.Process().children()[0].pid, flush=True)
time.sleep(600)
"""


def test_the_process_ends_when_its_owner_is_killed(base_file: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(base_file)], stdout=subprocess.PIPE, env=environment
    ) as owner:
        assert owner.stdout
        child = psutil.Process(int(owner.stdout.readline()))
        owner.kill()
    until = time.monotonic() + 60
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until, "the engine's process outlived its owner"
        time.sleep(0.02)


def test_importing_it_loads_nothing_heavy() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    code = (
        "import sys, microtune_adapters.engine.remote, microtune_adapters.library;"
        "print(*{'torch', 'llama_cpp', 'transformers', 'peft', 'gguf'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_base_that_vanished_is_named(base_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "base.gguf"
    path.write_bytes(base_file.read_bytes())
    engine = RemoteEngine(path, n_ctx=256, n_threads=1)
    path.unlink()
    with pytest.raises(MicrotuneError, match=r"cannot read .*base\.gguf"):
        engine.start()
    assert not psutil.Process().children()
    path.write_bytes(base_file.read_bytes())
    assert answer(engine, PLAIN)[0]
    engine.close()
