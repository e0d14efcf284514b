"""Debouncing: what settles, what merges, and that nothing is held back for ever."""

from hypothesis import given
from hypothesis import strategies as st

from microtune.contracts import Change
from microtune_collectors.watching_pending import LONGEST_S, MOST_PLACES, SETTLED_S, Pending


def test_a_burst_is_one_change_once_it_is_over() -> None:
    pending = Pending()
    for step in range(5):
        pending.add("s", "a.txt", now=step * 0.5)
        assert pending.take(step * 0.5) == ()
    assert pending.next_due() == 2.0 + SETTLED_S
    assert pending.take(2.0 + SETTLED_S) == (Change("s", "a.txt"),)
    assert pending.take(100.0) == ()
    assert pending.next_due() is None


def test_what_is_never_quiet_is_told_nevertheless() -> None:
    pending = Pending()
    for step in range(101):
        pending.add("s", "log.txt", now=step * 0.1)
    assert pending.take(LONGEST_S) == (Change("s", "log.txt"),)


def test_a_change_below_a_folder_that_changed_is_part_of_it() -> None:
    pending = Pending()
    for place in ("x", "x/y/a.txt", "xy", "x/y"):
        pending.add("s", place, now=0.0)
    assert set(pending.take(SETTLED_S)) == {Change("s", "x"), Change("s", "xy")}


def test_many_changes_are_one_of_all_the_source_and_of_no_other() -> None:
    pending = Pending()
    pending.add("other", "a.txt", now=0.0)
    for number in range(MOST_PLACES + 50):
        pending.add("s", f"{number}.txt", now=0.0)
    assert set(pending.take(SETTLED_S)) == {Change("other", "a.txt"), Change("s", "")}


PLACES = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3).map("/".join)


@given(st.lists(st.tuples(PLACES, st.floats(0, 3)), max_size=30))
def test_every_change_is_covered_by_what_is_told(steps: list[tuple[str, float]]) -> None:
    pending, now = Pending(), 0.0
    untold: set[str] = set()
    for place, seconds in steps:
        now += seconds
        untold -= {p for c in pending.take(now) for p in untold if covers(c.place, p)}
        pending.add("s", place, now)
        untold.add(place)
    told = pending.take(now + LONGEST_S)
    assert all(any(covers(change.place, place) for change in told) for place in untold)


def covers(told: str, place: str) -> bool:
    return not told or place == told or place.startswith(f"{told}/")
