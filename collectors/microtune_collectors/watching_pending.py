"""Changes on their way to settle: an editor that writes five times makes one change.

Knows nothing of files, threads or the time of day: whoever calls says what time it is.
"""

from dataclasses import dataclass

from microtune.contracts import Change

SETTLED_S = 0.6  # a place that was quiet for so long has been written to its end
LONGEST_S = 10.0  # a place that is never quiet is read nevertheless
MOST_PLACES = 100  # of one source: when more change at once, one look at all of it is cheaper


@dataclass(slots=True)
class _Span:
    first: float
    last: float

    @property
    def due(self) -> float:
        return min(self.last + SETTLED_S, self.first + LONGEST_S)


class Pending:
    """Places that changed, by source. Times are seconds on any one clock."""

    def __init__(self) -> None:
        self._sources: dict[str, dict[str, _Span]] = {}

    def add(self, source: str, place: str, now: float) -> None:
        """Note a change; one that lies in a folder which is noted already counts as that."""
        places = self._sources.setdefault(source, {})
        place = next((above for above in _upwards(place) if above in places), place)
        first = places[place].first if place in places else now
        places[place] = _Span(first, now)
        if len(places) > MOST_PLACES:
            oldest = min(span.first for span in places.values())
            self._sources[source] = {"": _Span(oldest, now)}

    def take(self, now: float) -> tuple[Change, ...]:
        """The changes that have settled, which are forgotten here."""
        taken = []
        for source, places in list(self._sources.items()):
            for place in [place for place, span in places.items() if span.due <= now]:
                del places[place]
                taken.append(Change(source, place))
            if not places:
                del self._sources[source]
        return tuple(taken)

    def next_due(self) -> float | None:
        """When the next change will have settled; None while there is none."""
        spans = (span.due for places in self._sources.values() for span in places.values())
        return min(spans, default=None)


def _upwards(place: str) -> list[str]:
    """The place and every folder above it, up to the source itself."""
    parts = place.split("/") if place else []
    return ["/".join(parts[:length]) for length in range(len(parts), -1, -1)]
