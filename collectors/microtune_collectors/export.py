"""Exports that a service hands out whole, again and again: only what is new in one is yielded.

Each text has a mark of its own, the hash of what it said, so that a newer export of the same
account yields what it adds and what was edited. Knows nothing of formats.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from microtune.words import Found, Mark, Skip, content_id
from microtune_collectors import members
from microtune_collectors.members import BROKEN, Member, Wanted
from microtune_collectors.walk import problem

Read = Callable[[Iterator[Member]], Iterable[Found | Skip]]


def read_export(
    path: Path, wanted: Wanted, read: Read, marks: Mapping[str, str]
) -> Iterator[Found | Skip | Mark]:
    """What `read` finds in the `wanted` files that `marks` do not know; nothing if none changed.

    A file that breaks off is a `Skip` after what could be read. Raises `MicrotuneError` for a
    place that is gone and for an archive that is none.
    """
    with members.opened(path, wanted) as files:
        stamp = members.stamp(path, wanted)
        if marks.get(path.name) == stamp:
            return
        try:
            for item in read(files):
                yield from unless_marked(item, marks)
        except BROKEN as error:
            yield Skip(path.name, "damaged archive", str(error))
        except OSError as error:
            yield problem(path.name, error)
        else:
            yield Mark(path.name, stamp)


def unless_marked(item: Found | Skip, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
    """The item and its mark; nothing for a text that was yielded before and says the same."""
    if isinstance(item, Skip):
        yield item
        return
    mark = content_id(f"{item.text}\0{item.answered}")[:16]
    if marks.get(item.place) != mark:
        yield item
        yield Mark(item.place, mark)
