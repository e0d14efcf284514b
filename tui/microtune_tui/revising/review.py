"""A revision under review: which of its hunks are taken, and what a person should know of it."""

from dataclasses import dataclass, field

from microtune_tui.revising.facts import lost
from microtune_tui.revising.revision import Revision, revision

NAMED = 4  # names and numbers that a remark tells
LITTLE = 1 / 3  # of the words: less than that is no rewriting of a text but another text


@dataclass(slots=True)
class Review:
    """What was compared, the hunks that are taken, and the remark that goes with it."""

    old: str
    new: str
    revision: Revision
    remark: str
    taken: set[int] = field(default_factory=set)

    @property
    def text(self) -> str:
        return self.revision.text(self.taken)

    @property
    def standing(self) -> str:
        count = len(self.revision.hunks)
        return f"{len(self.taken)} of {count} changes taken" if count else "no change"

    def take_all(self) -> None:
        self.taken = set(self.revision.hunks)


def review(old: str, new: str) -> Review:
    """Nothing is taken yet."""
    found = revision(old, new)
    return Review(old, new, found, _remark(found, old, new))


def _remark(found: Revision, old: str, new: str) -> str:
    """Plain facts: how much is left of the text, which names and numbers are gone or new."""
    kept, of = found.words_kept
    parts = [f"{kept} of {of} words stay as they are."]
    if kept < of * LITTLE:
        parts.append("Little of your text is left: read before you take.")
    for what, words in (("Gone", lost(old, new)), ("New", lost(new, old))):
        if words:
            more = f" and {len(words) - NAMED} more" if len(words) > NAMED else ""
            parts.append(f"{what}: {', '.join(words[:NAMED])}{more}.")
    return " ".join(parts)
