"""What every collector must do, whatever it reads: subclass it and say how the source is made."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from microtune.contracts import Collector
from microtune.words import Found, Mark, Skip


@dataclass
class Pass:
    """What one pass, or a part of it, gave."""

    found: list[Found] = field(default_factory=list)
    skipped: list[Skip] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)

    @property
    def texts(self) -> set[str]:
        return {found.text.strip() for found in self.found}

    @property
    def reasons(self) -> set[str]:
        return {skip.reason for skip in self.skipped}


def gather(events: Iterable[Found | Skip | Mark], marks: Mapping[str, str] = {}) -> Pass:
    """Collect events as the store does: marks are kept, and travel as JSON."""
    gathered = Pass(marks=dict(marks))
    for event in events:
        if isinstance(event, Found):
            gathered.found.append(event)
        elif isinstance(event, Skip):
            gathered.skipped.append(event)
        else:
            gathered.marks[event.place] = event.mark
    gathered.marks = json.loads(json.dumps(gathered.marks))
    return gathered


def snapshot(root: Path) -> dict[str, tuple[int, str]]:
    """Every file below a folder with its time and the hash of its content."""
    return {
        str(path): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in root.rglob("*")
        if path.is_file()
    }


class World(ABC):
    """A source under test: items can be put into it and broken."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @abstractmethod
    def collector(self) -> Collector: ...

    @abstractmethod
    def put(self, name: str, text: str) -> None:
        """Add the item of this name, or edit it."""

    @abstractmethod
    def spoil(self, name: str) -> None:
        """Add an item that cannot be taken."""


class CollectorContract:
    """Inherit and give a fixture `world`."""

    @pytest.fixture
    def filled(self, world: World) -> World:
        for name in ("one", "two", "three"):
            world.put(name, f"This is the letter {name}.")
        return world

    def test_finds_every_item(self, filled: World) -> None:
        result = gather(filled.collector().collect({}))
        assert result.texts == {f"This is the letter {n}." for n in ("one", "two", "three")}

    def test_places_differ_and_dates_have_a_zone(self, filled: World) -> None:
        result = gather(filled.collector().collect({}))
        assert len({found.place for found in result.found}) == 3
        assert all(f.written is None or f.written.tzinfo for f in result.found)

    def test_a_second_pass_yields_nothing_new(self, filled: World) -> None:
        first = gather(filled.collector().collect({}))
        assert gather(filled.collector().collect(first.marks)).found == []

    def test_a_new_item_is_found_alone(self, filled: World) -> None:
        first = gather(filled.collector().collect({}))
        filled.put("four", "A letter more.")
        second = gather(filled.collector().collect(first.marks))
        assert second.texts == {"A letter more."}

    def test_an_edited_item_is_found_at_the_same_place(self, filled: World) -> None:
        first = gather(filled.collector().collect({}))
        filled.put("two", "I have thought about it again, and say otherwise.")
        second = gather(filled.collector().collect(first.marks))
        places = {found.text.strip(): found.place for found in first.found}
        edited = [found for found in second.found if "otherwise" in found.text]
        assert [found.place for found in edited] == [places["This is the letter two."]]

    def test_a_pass_broken_off_anywhere_loses_nothing(self, filled: World) -> None:
        events = list(filled.collector().collect({}))
        whole = gather(events).texts
        for stop in range(len(events) + 1):
            before = gather(events[:stop])
            after = gather(filled.collector().collect(before.marks))
            assert before.texts | after.texts == whole

    def test_one_broken_item_does_not_stop_the_rest(self, filled: World) -> None:
        filled.spoil("second-and-a-half")
        result = gather(filled.collector().collect({}))
        assert len(result.found) == 3
        assert len(result.skipped) == 1

    def test_never_writes_to_the_source(self, filled: World) -> None:
        before = snapshot(filled.root)
        gather(filled.collector().collect({}))
        assert snapshot(filled.root) == before

    def test_can_be_closed_early(self, filled: World) -> None:
        events = filled.collector().collect({})
        assert isinstance(next(iter(events)), Found)
        events.close()  # type: ignore[attr-defined]
        assert list(events) == []

    def test_keeps_its_source(self, world: World) -> None:
        assert world.collector().source == world.collector().source
