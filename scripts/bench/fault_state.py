"""What a home holds, read from outside and through the command line, for comparing two homes."""

import contextlib
import os
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fault_children import run
from fault_forget import remains

from microtune.contracts import Turn
from microtune.locations import Home
from microtune_adapters.engine.remote import RemoteEngine
from microtune_adapters.library import Library
from microtune_adapters.lora_weights import LoraWeights
from microtune_adapters.peft_format import read_peft

CHECKPOINT, BEFORE = "checkpoint.pt", "checkpoint-before.pt"
ASKED = [Turn("user", "Write to Ben about the garden.")]
ANSWER = "In lantern weather I mended the ladder near our bridge."

DocumentRow = tuple[str, str, str, bool]  # source, place, id, whether it was superseded


@dataclass(frozen=True, slots=True)
class State:
    """A home at rest. `problems`: what is wrong with it by itself, one sentence each."""

    documents: frozenset[DocumentRow]
    active: str
    score: float  # nats of one sentence with the active adapter
    weights: LoraWeights | None
    problems: tuple[str, ...]
    adapters: frozenset[tuple[str, str]] = frozenset()  # id, state
    told: tuple[str, ...] = ()  # files that hold what is to be forgotten

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(row[2] for row in self.documents)


def state_of(home: Path, said: Path, engine: RemoteEngine) -> State:
    """Read a home that nothing writes to."""
    verified = run(home, said, "ledger", "verify")  # first: the log is microtune's to recover
    problems = [f"SQLite: {line}" for line in _damage(home)]
    if not verified.facts.get("whole"):
        problems.append(f"ledger verify: {verified.error.strip() or verified.out.strip()}")
    documents = _documents(home)
    if len({row[:2] for row in documents if not row[3]}) != sum(not row[3] for row in documents):
        problems.append("a place holds two documents")
    active, score, weights = "", 0.0, None
    try:
        library = Library(Home(home).adapters)
        if card := library.active():
            active, folder = card.id, library.path(card.id)
            engine.use(folder)
            score, weights = engine.score(ASKED, ANSWER).nats, read_peft(folder)
    except Exception as error:  # whatever it is, it is what the campaign looks for
        problems.append(f"the active adapter does not load: {error}")
    if library.damaged():
        problems.append("the library holds a damaged adapter")
    adapters = frozenset((card.id, state) for card, state in library.list())
    told = tuple(remains(home))
    return State(frozenset(documents), active, score, weights, tuple(problems), adapters, told)


def _damage(home: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(home / "microtune.db")) as database:
        found = [str(row[0]) for row in database.execute("PRAGMA integrity_check")]
        found += [f"dangling row: {row}" for row in database.execute("PRAGMA foreign_key_check")]
    return [line for line in found if line != "ok"]


def _documents(home: Path) -> list[DocumentRow]:
    sql = "SELECT source, place, id, superseded_at IS NOT NULL FROM documents"
    with contextlib.closing(sqlite3.connect(home / "microtune.db")) as database:
        return [(s, p, i, bool(gone)) for s, p, i, gone in database.execute(sql)]


def unfinished_run(home: Path) -> str:
    """The id of a run that planned its steps and has no end; "" for none."""
    sql = "SELECT id FROM runs WHERE finished IS NULL ORDER BY number DESC LIMIT 1"
    with contextlib.closing(sqlite3.connect(home / "microtune.db")) as database:
        row = database.execute(sql).fetchone()
    return str(row[0]) if row and (home / "runs" / row[0] / "plan.json").exists() else ""


@dataclass(slots=True)
class Curve:
    """Watches a run's checkpoints, each of which replaces the one before, and keeps the newest."""

    home: Path
    kept: Path  # on the home's own file system
    _seen: set[tuple[int, int]] = field(default_factory=set)

    def watch(self) -> None:
        for path in self.home.glob(f"runs/*/{CHECKPOINT}"):
            with contextlib.suppress(OSError):
                about = path.stat()
                if (about.st_ino, about.st_mtime_ns) not in self._seen:
                    self._seen.add((about.st_ino, about.st_mtime_ns))
                    _link(path, self.kept)
                    if len(self._seen) == 2:
                        _link(path, self.second)

    @property
    def second(self) -> Path:
        """The first that was written while watching, where there was one before."""
        return self.kept.with_suffix(".second")

    def read(self) -> dict[str, Any]:
        """The state that the newest checkpoint holds; empty where none was seen."""
        return _state(self.kept)

    def second_step(self) -> int:
        """The step of the second one seen; 0 where there was none."""
        return int(_state(self.second).get("step", 0))

    def clear(self) -> None:
        self.kept.unlink(missing_ok=True)
        self.second.unlink(missing_ok=True)


def saved_step(home: Path) -> int:
    """The step of the checkpoint in a home; 0 without one."""
    found = [int(_state(path)["step"]) for path in home.glob(f"runs/*/{CHECKPOINT}")]
    return max(found, default=0)


def _link(path: Path, kept: Path) -> None:
    beside = kept.with_suffix(".new")
    beside.unlink(missing_ok=True)
    os.link(path, beside)
    beside.replace(kept)


def _state(path: Path) -> dict[str, Any]:
    import torch

    return dict(torch.load(path, weights_only=True)["state"]) if path.exists() else {}


def largest_difference(one: LoraWeights, other: LoraWeights) -> float:
    """Between two adapters' matrices; infinite where they do not have the same ones."""
    if one.modules.keys() != other.modules.keys():
        return float("inf")
    return max(
        float(abs(a - b).max()) if a.shape == b.shape else float("inf")
        for name, pair in one.modules.items()
        for a, b in zip(pair, other.modules[name], strict=True)
    )
