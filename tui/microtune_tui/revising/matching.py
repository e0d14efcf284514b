"""What two sequences have in common: a longest common subsequence, exact and always fast.

A row of the usual table is the bits of one integer, so a step costs one addition for all columns
(H. Hyyrö, "Bit-parallel LCS-length computation revisited", 2004); a table too large to be kept is
halved as D. S. Hirschberg does (1975). 17,000 words against 17,000 take a fraction of a second,
whatever they are; `difflib` took three minutes for words that repeat. Knows nothing of words.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

KEPT = 1 << 26  # bits of a table that is kept whole, 8 MB

Items = Sequence[Hashable]


class Match(NamedTuple):
    """`old[a : a + size]` is `new[b : b + size]`."""

    a: int
    b: int
    size: int


def matches(old: Items, new: Items) -> list[Match]:
    """The common stretches, in order."""
    found: list[Match] = []
    for a, b in _pairs(old, new, 0, 0):
        last = found[-1] if found else Match(0, 0, 0)
        if found and (last.a + last.size, last.b + last.size) == (a, b):
            found[-1] = Match(last.a, last.b, last.size + 1)
        else:
            found.append(Match(a, b, 1))
    return found


def _pairs(old: Items, new: Items, a: int, b: int) -> Iterator[tuple[int, int]]:
    """The places of equal items, counted from `a` and `b`."""
    head = _same_length(old, new)
    yield from ((a + n, b + n) for n in range(head))
    tail = _same_length(old[: head - len(old) - 1 : -1], new[: head - len(new) - 1 : -1])
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    a, b = a + head, b + head
    if len(old) < 2 or len(old) * len(new) <= KEPT:
        yield from ((a + i, b + j) for i, j in _traced(old, new))
    else:
        half, cut = len(old) // 2, _best_cut(old, new)
        yield from _pairs(old[:half], new[:cut], a, b)
        yield from _pairs(old[half:], new[cut:], a + half, b + cut)
    yield from ((a + len(old) + n, b + len(new) + n) for n in range(tail))


def _same_length(old: Items, new: Items) -> int:
    """How many items both begin with."""
    pairs = zip(old, new, strict=False)
    return next((n for n, (x, y) in enumerate(pairs) if x != y), min(len(old), len(new)))


def _rows(old: Items, new: Items) -> Iterator[int]:
    """For each item of `old` the row up to it: bit j is 0 where new[j] makes the common part
    of old[:row] and new[: j + 1] longer than that with new[:j]."""
    places: defaultdict[Hashable, int] = defaultdict(int)
    for b, item in enumerate(new):
        places[item] |= 1 << b
    full = row = (1 << len(new)) - 1
    for item in old:
        common = row & places.get(item, 0)
        row = ((row + common) | (row - common)) & full
        yield row


def _traced(old: Items, new: Items) -> list[tuple[int, int]]:
    """The equal pairs, found by going back through the whole table."""
    rows = [(1 << len(new)) - 1, *_rows(old, new)]
    pairs: list[tuple[int, int]] = []
    a, b = len(old), len(new)
    while a and b:
        bit = 1 << (b - 1)
        if rows[a] & bit:
            b -= 1
        elif rows[a - 1] & bit:
            a, b = a - 1, b - 1
            pairs.append((a, b))
        else:
            a -= 1
    return pairs[::-1]


def _best_cut(old: Items, new: Items) -> int:
    """Where `new` is to be cut when `old` is cut in the middle, so that nothing common is lost."""
    half = len(old) // 2
    before = _lengths(old[:half], new)
    after = _lengths(old[half:][::-1], new[::-1])[::-1]
    return max(range(len(new) + 1), key=lambda cut: before[cut] + after[cut])


def _lengths(old: Items, new: Items) -> list[int]:
    """How much all of `old` has in common with the first 0, 1, 2 … items of `new`."""
    row = (1 << len(new)) - 1
    for row in _rows(old, new):  # noqa: B007  (the last is wanted)
        pass
    bits = bin(row | 1 << len(new))[:2:-1]  # lowest first, without the guard
    return list(accumulate((bit == "0" for bit in bits), initial=0))
