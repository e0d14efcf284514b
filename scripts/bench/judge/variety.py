"""How varied texts are and how much they repeat themselves. Knows nothing of who wrote them."""

import re
from collections.abc import Sequence
from statistics import mean

BLOCK = 1000  # words; distinct n-grams grow more slowly than texts, so blocks must be equal
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def distinct(texts: Sequence[str], size: int) -> float | None:
    """Different `size`-grams in 1,000 of them, over whole blocks; None where there is no block.

    After Li et al., 2016, "A diversity-promoting objective function", but over blocks of equal
    length. No n-gram reaches from one text into the next.
    """
    grams = [gram for text in texts for gram in _grams(words(text), size)]
    blocks = [grams[i : i + BLOCK] for i in range(0, len(grams) - BLOCK + 1, BLOCK)]
    return mean(len(set(block)) for block in blocks) if blocks else None


def longest_repeat(text: str) -> int:
    """The words of the longest run that stands twice in the text, without overlap."""
    said = words(text)
    low, high = 0, len(said) // 2
    while low < high:  # a run that repeats has every shorter one repeat too
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _repeats(said, middle) else (low, middle - 1)
    return low


def repeats(texts: Sequence[str]) -> dict[str, float] | None:
    """`longest_repeat` of each text: the mean and the largest."""
    runs = [longest_repeat(text) for text in texts]
    return {"mean": mean(runs), "longest": max(runs)} if runs else None


def _repeats(said: Sequence[str], size: int) -> bool:
    first: dict[tuple[str, ...], int] = {}
    return any(
        start - first.setdefault(g, start) >= size for start, g in enumerate(_grams(said, size))
    )


def _grams(said: Sequence[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(said[i : i + size]) for i in range(len(said) - size + 1)]
