"""Homes for the rooms in which one looks after microtune: runs and adapters of fixed days."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from microtune import ledger, runs
from microtune.contracts import Progress
from microtune.daemon.readings import Reading
from microtune.store import Store
from microtune_adapters import run_progress
from microtune_adapters.cards import Card
from microtune_adapters.gguf_adapter import export_gguf
from microtune_adapters.gguf_inspect import inspect_base
from microtune_adapters.gguf_origin import ADAPTER_FILE
from microtune_adapters.peft_format import write_peft
from microtune_adapters.run_folder import only_run
from microtune_adapters.run_progress import ProgressLog
from microtune_adapters.run_values import Listener
from microtune_tui import daemon_status
from microtune_tui.wiring import Wiring
from tests.tiny import tiny_adapter, tiny_lora
from tests.tui.homes import BITS, REASON

IDLE = Reading(time(3, 0), 0.1, 0.0, None, None, None, memory_mb=9000, disk_mb=50_000)
BUSY = replace(IDLE, load=1.5)
CURVE = tuple((step, 3.2 - 1.1 * (1 - 0.93**step)) for step in range(1, 41))
ASIDE = ((4, 3.1), (12, 2.8), (20, 2.62), (28, 2.55), (36, 2.53))
LEFT_OUT = {"too short": 41, "near duplicate": 12, "only quoted or forwarded": 7}


class FixedSensors:
    """A machine that is always in the same state."""

    reading = BUSY

    def __init__(self, home: Path) -> None:
        pass

    def read(self, time_of_day: time) -> Reading:
        return self.reading


def fix_machine(monkeypatch: pytest.MonkeyPatch, reading: Reading = BUSY) -> None:
    """What the machine says is the same in every shot."""
    monkeypatch.setattr(FixedSensors, "reading", reading)
    monkeypatch.setattr(daemon_status, "Sensors", FixedSensors)


def with_past_run(wiring: Wiring, monkeypatch: pytest.MonkeyPatch, state: str = "promoted") -> str:
    """A run of a fixed day that has ended with a curve; returns its id."""
    for module in (runs, ledger):
        monkeypatch.setattr(module, "now", lambda: "2026-11-02T10:00:00.000000+00:00")
    measurements = {"curve": CURVE, "validation": ASIDE}
    settings = wiring.settings()
    with wiring.store() as store:
        run = store.runs.start({"base_sha256": settings.base_sha256}, {"train": _ids(store)})
        assert state in ("promoted", "rejected")
        store.runs.finish(run.id, state, REASON, "0" * 12, measurements)  # type: ignore[arg-type]
        source = store.sources.all()[0]
        counts = {"source": source.id, "new": 4, "updated": 0, "masked": 0}
        store.ledger.append("collected", {**counts, "skipped": LEFT_OUT})
    return run.id


@contextmanager
def run_under_way(wiring: Wiring, done: int = 16) -> Iterator[None]:
    """A run of another process, as it shows itself: its lock, its record, its file."""
    with wiring.store() as store, only_run(wiring.home.runs), pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_progress, "WRITTEN_EVERY_S", 0.0)
        run = store.runs.start({}, {"train": _ids(store)})
        log = ProgressLog(wiring.home.runs / run.id, Listener()).listener()
        log.stage("training")
        for step, loss in CURVE[:done]:
            aside = tuple(point for point in ASIDE if point[0] <= step)
            left = (40 - step) * 2.0
            log.progress(Progress(step, 40, loss, step * 400, step * 2.0, left, "", aside))
        yield


def with_earlier_adapter(wiring: Wiring, work: Path, base: Path) -> str:
    """A retired adapter of the day before that of `with_adapter`; make that active after it."""
    folder = tiny_adapter(work / "earlier", base)
    write_peft(folder, tiny_lora(seed=5), base_name="")
    export_gguf(folder, inspect_base(base), folder / ADAPTER_FILE)
    card = Card(
        created="2026-10-12T10:00:00+00:00",
        base_sha256=inspect_base(base).sha256,
        base_name="tiny",
        data_sha256="e" * 64,
        documents=150,
        words=21_000,
        measurements={"bits_per_byte": {name: bits + 0.05 for name, bits in BITS.items()}},
        verdict="promoted",
        reason="better than the base with retrieval on held-out text",
    )
    adapter = wiring.library.admit(folder, card)
    wiring.library.promote(adapter)
    return adapter


def _ids(store: Store) -> list[str]:
    return [document.id for document in store.documents.live()]
