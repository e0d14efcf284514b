"""The texts of one person by what a study does with them, and retrieval among them.

A recipe is tuned on the newest texts of those before the held-out ones, which are left alone: only
who reports is measured on them, with everything before to train on. Knows nothing of recipes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from people_split import Part

from microtune.curation.split import split_by_time, validation_slice
from microtune.words import Document
from microtune_adapters.evaluation import spread
from microtune_adapters.examples import Nearest

Texts = tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Roles:
    """`studied` is trained on, `watched` steers early stopping, `scored` measures."""

    studied: Texts
    watched: Texts
    scored: Texts


def roles(documents: Sequence[Document], part: Part, most: int, newest: int | None = None) -> Roles:
    """The roles of `documents` (oldest first). At most `most` are scored; only the `newest` of
    those before them are trained on, where that is said. Raises `MicrotuneError` for too few."""
    split = split_by_time(documents)
    if part == "tune":
        split = split_by_time(split.train)
    known = split.train if newest is None else split.train[-newest:]
    studied, watched = validation_slice(known)
    return Roles(tuple(studied), tuple(watched), tuple(spread(split.heldout, most)))


class Remembered:
    """Retrieval whose answers are kept: one variant after another asks the same."""

    def __init__(self, nearest: Nearest) -> None:
        self._nearest = nearest
        self._found: dict[tuple[str, str], Sequence[str]] = {}

    def __call__(self, query: str, leave_out: str) -> Sequence[str]:
        key = query, leave_out
        if key not in self._found:
            self._found[key] = self._nearest(query, leave_out)
        return self._found[key]


def nothing(_query: str, _leave_out: str) -> Sequence[str]:
    """Retrieval that finds nothing: prompts without passages."""
    return ()
