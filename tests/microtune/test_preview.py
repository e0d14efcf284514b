"""A preview of a source: bounded, even in its choice, and without a store."""

from microtune.curation.curator import Curator
from microtune.preview import LONGEST_S, SAMPLES, preview
from microtune.words import Skip
from microtune_collectors.memory import MemoryCollector
from tests.microtune.invented import FOLDER, found

MANY = 60


def collector(count: int = MANY) -> MemoryCollector:
    skips = [Skip(f"{n}.jpg", "unsupported file type") for n in range(count // 2)]
    return MemoryCollector(FOLDER, [*(found(n) for n in range(count)), *skips])


def test_it_stops_after_so_many_items_and_says_so() -> None:
    seen = preview(collector(), Curator(), most_items=25)
    assert (seen.items, seen.stopped, seen.taken) == (25, True, 25)
    assert preview(collector(8), Curator(), most_items=12).stopped is False


def test_it_stops_after_so_long() -> None:
    moments = iter([0.0, 1.0, 2.0, LONGEST_S + 1.0])
    seen = preview(collector(), Curator(), clock=lambda: next(moments))
    assert (seen.items, seen.stopped) == (2, True)


def test_samples_come_from_all_over_and_of_both() -> None:
    seen = preview(collector(), Curator())
    assert len(seen.samples) == SAMPLES
    assert len([sample for sample in seen.samples if sample.reason]) == SAMPLES // 2
    assert not {s.place for s in seen.samples} <= {found(n).place for n in range(SAMPLES)}


def test_few_of_one_leave_room_for_the_other() -> None:
    only_taken = preview(MemoryCollector(FOLDER, [found(n) for n in range(20)]), Curator())
    assert [sample.reason for sample in only_taken.samples] == [""] * SAMPLES
    assert preview(MemoryCollector(FOLDER), Curator()).samples == ()
