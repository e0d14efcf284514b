"""Whether a text keeps to its brief: its key phrases, its length. Knows nothing of who wrote it."""

import re
from collections.abc import Iterable
from statistics import median

from microtune_adapters.briefs import flattened

from .asked import Asked

NEAR = 1.5  # times the length asked for, or as much less
_ENDING = re.compile(r"(?:['’]s|ies|ing|ed|es|ly|s|e|y)$")


def stem(word: str) -> str:
    """The word in lower case without a common English ending, so that "walked" meets "walks"."""
    low = word.lower()
    cut = _ENDING.sub("", low)
    if len(cut) < 3:
        return low
    return cut[:-1] if len(cut) > 3 and cut[-1] == cut[-2] else cut


def content_stems(text: str) -> set[str]:
    """The stems of the text's content words."""
    return {stem(word.rstrip(".")) for word in flattened(text).split()}


def phrases_used(pairs: Iterable[tuple[Asked, str]]) -> float | None:
    """The share of the briefs' key phrases whose content words all stand in the text."""
    used = total = 0
    for asked, text in pairs:
        there = content_stems(text)
        for phrase in asked.phrases:
            total += 1
            used += content_stems(phrase) <= there
    return used / total if total else None


def notes_kept(pairs: Iterable[tuple[Asked, str]]) -> float | None:
    """The share of the content words of the notes to rewrite that stand in the text."""
    kept = total = 0
    for asked, text in pairs:
        notes = content_stems(asked.given)
        total += len(notes)
        kept += len(notes & content_stems(text))
    return kept / total if total else None


def lengths(pairs: Iterable[tuple[Asked, str]]) -> dict[str, float] | None:
    """Words got by words asked for: the median, and the share within a factor of `NEAR`."""
    ratios = [len(text.split()) / asked.words for asked, text in pairs if asked.words]
    if not ratios:
        return None
    near = sum(1 / NEAR <= ratio <= NEAR for ratio in ratios)
    return {"median": median(ratios), "near": near / len(ratios)}
