"""Holds every collector to the exclusions, whatever it reads and however it finds it.

A collector that looks into folders is told beforehand what not to open; this is what makes sure.
It also tells which places that were read before are excluded now. Knows nothing of formats.
"""

from collections.abc import Iterable, Iterator, Mapping

from microtune.contracts import Collector, PlaceCollector
from microtune.words import Excluded, Found, Mark, Skip
from microtune_collectors.ignore import Rules


def guarded(collector: Collector, rules: Rules) -> Collector:
    """`collector` without what `rules` exclude; each excluded place is told once a pass."""
    if rules.exclude_root:
        return _Nothing(collector)
    if isinstance(collector, PlaceCollector):
        return _GuardedPlaces(collector, rules)
    return _Guarded(collector, rules)


class _Nothing:
    """A source that is excluded as a whole. It is not opened."""

    def __init__(self, collector: Collector) -> None:
        self.source = collector.source

    def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        yield Excluded("")


class _Guarded:
    def __init__(self, collector: Collector, rules: Rules) -> None:
        self.source = collector.source
        self._collector = collector
        self._rules = rules

    def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        yield from self._guard(self._collector.collect(marks), marks)

    def _guard(
        self, items: Iterable[Found | Skip | Mark], marks: Iterable[str]
    ) -> Iterator[Found | Skip | Mark]:
        told: set[str] = set()
        for excluded in self._no_longer_read(marks):
            told.add(excluded.place)
            yield excluded
        for item in items:
            here = item if isinstance(item, Excluded) else self._excluded(item)
            if here is None:
                yield item
            elif here.place not in told:
                told.add(here.place)
                yield here

    def _no_longer_read(self, marks: Iterable[str]) -> Iterator[Excluded]:
        """What an earlier pass read, and the exclusions of today would not have let it."""
        parts = {self._rules.excluded_part(place) for place in marks}
        for part in sorted(part for part in parts if part):
            yield Excluded(part)

    def _excluded(self, item: Found | Skip | Mark) -> Excluded | None:
        is_mail = isinstance(item, Found) and item.kind == "mail"
        place = item.place.partition("#")[0] if is_mail else item.place  # of a mail in its mbox
        part = self._rules.excluded_part(place)
        return Excluded(part) if part else None


class _GuardedPlaces(_Guarded):
    def __init__(self, collector: PlaceCollector, rules: Rules) -> None:
        super().__init__(collector, rules)
        self._places = collector

    def collect_at(self, place: str, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        part = self._rules.excluded_part(place)
        if part:
            yield Excluded(part)
            return
        below = [mark for mark in marks if mark.startswith(f"{place}/")] if place else list(marks)
        items = self._places.collect_at(place, marks)
        yield from self._guard(items, below)

    def holds(self, place: str) -> bool:
        return self._places.holds(place)
