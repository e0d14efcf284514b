"""The in-memory twin of the collectors: hands out what it was given, and honours marks."""

from collections.abc import Iterator, Mapping, Sequence

from microtune.words import Found, Mark, Skip, Source, content_id


class MemoryCollector:
    """Yields `items` as if each were a file; change the sequence to edit them."""

    def __init__(self, source: Source, items: Sequence[Found | Skip] = ()) -> None:
        self.source = source
        self.items = items

    def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        for item in self.items:
            mark = content_id(repr(item))
            if marks.get(item.place) != mark:
                yield item
                yield Mark(item.place, mark)
