"""A text and its new version as parts that are the same and hunks that one takes or leaves."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from microtune_tui.revising.matching import matches
from microtune_tui.revising.words import Word, words_of

SMALL_TALK = 4  # so many equal words between two greater changes are no reason to part them


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of both versions. Where it is no change they differ at most in white space."""

    old: str
    new: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Revision:
    """The parts in order; `hunks` are the places of the changed ones."""

    parts: tuple[Part, ...]

    @property
    def hunks(self) -> tuple[int, ...]:
        return tuple(n for n, part in enumerate(self.parts) if part.changed)

    def text(self, taken: Collection[int]) -> str:
        """The text with these hunks taken: none gives the old version, all the new one."""
        everything = len(set(taken)) == len(self.hunks) > 0
        return "".join(
            part.new if everything or (part.changed and n in taken) else part.old
            for n, part in enumerate(self.parts)
        )

    @property
    def words_kept(self) -> tuple[int, int]:
        """How many words of the old version are in the new one at their places, and of how many."""
        kept = sum(len(part.old.split()) for part in self.parts if not part.changed)
        return kept, sum(len(part.old.split()) for part in self.parts)


def revision(old: str, new: str) -> Revision:
    """How `new` differs from `old`, in hunks that a person can judge one by one."""
    before, after = words_of(old), words_of(new)
    stretches = _calmed(list(_stretches(before, after)))
    return Revision(tuple(part for each in stretches for part in _by_paragraph(each)))


class _Stretch:
    """Words of both versions that are the same or set against each other."""

    def __init__(self, old: Sequence[Word], new: Sequence[Word], changed: bool) -> None:
        self.old, self.new, self.changed = list(old), list(new), changed

    @property
    def size(self) -> int:
        """Characters of the longer side."""
        return max(sum(len(w.text) + 1 for w in side) for side in (self.old, self.new))

    def swallow(self, other: "_Stretch") -> None:
        self.old += other.old
        self.new += other.new

    def part(self) -> Part:
        old, new = ("".join(w.whole for w in side) for side in (self.old, self.new))
        return Part(old, new, self.changed)


def _stretches(before: list[Word], after: list[Word]) -> Iterator[_Stretch]:
    a = b = 0
    for match in matches([w.key for w in before], [w.key for w in after]):
        if match.a > a or match.b > b:
            yield _Stretch(before[a : match.a], after[b : match.b], True)
        a, b = match.a + match.size, match.b + match.size
        yield _Stretch(before[match.a : a], after[match.b : b], False)
    if a < len(before) or b < len(after):
        yield _Stretch(before[a:], after[b:], True)


def _calmed(stretches: list[_Stretch]) -> list[_Stretch]:
    """Without the few equal words that stand lost between two greater changes.

    A word-by-word comparison of different sentences finds an "and" here and a "the" there; hunks
    of single words between them could not be judged.
    """
    kept: list[_Stretch] = []
    for n, stretch in enumerate(stretches):
        if stretch.changed and kept and kept[-1].changed:
            kept[-1].swallow(stretch)
        elif kept and not stretch.changed and n + 1 < len(stretches):
            if _is_small_talk(kept[-1], stretch, stretches[n + 1]):
                kept[-1].swallow(stretch)
            else:
                kept.append(stretch)
        else:
            kept.append(stretch)
    return kept


def _is_small_talk(before: _Stretch, same: _Stretch, after: _Stretch) -> bool:
    if not before.changed or len(same.old) > SMALL_TALK:
        return False
    return 2 * same.size <= min(before.size, after.size) and not same.old[-1].ends_paragraph


def _by_paragraph(stretch: _Stretch) -> Iterator[Part]:
    """A long change paragraph by paragraph, where both versions have equally many."""
    old, new = _paragraphs(stretch.old), _paragraphs(stretch.new)
    if not stretch.changed or len(old) != len(new):
        yield stretch.part()
        return
    for before, after in zip(old, new, strict=True):
        yield _Stretch(before, after, True).part()


def _paragraphs(words: list[Word]) -> list[list[Word]]:
    paragraphs: list[list[Word]] = [[]]
    for word in words:
        paragraphs[-1].append(word)
        if word.ends_paragraph:
            paragraphs.append([])
    return paragraphs if paragraphs[-1] else paragraphs[:-1]
