"""How formal a text is, and which of a person's passages have the tone that was asked for.

A person writes to their lawyer otherwise than to their sister: passages of the one manner or the
other in the prompt pull a draft there, in their own words. The measure is a sum of what is known
to tell formal from casual English: long words, contractions, exclamation marks, words of greeting
and chat (Pavlick and Tetreault 2016, "An Empirical Analysis of Formality in Online Communication").
It has no unit and serves to compare texts of one person. Knows nothing of prompts.
"""

import re
from collections.abc import Sequence

from microtune.words import Passage

WIDER = 4  # as many passages are looked at for each that is taken, where a tone is asked for
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_CONTRACTION = re.compile(r"['’](?:s|t|m|d|re|ve|ll)\b", re.I)
_CASUAL = frozenset(
    """bye btw cheers cool fine fun gonna great guess guy guys haha hello hey hi huh kids lol lot
    maybe nah nice ok okay oh pretty really stuff sure thanks wanna wow yeah yep yes yup""".split()  # noqa: SIM905
)


def formality(text: str) -> float:
    """Higher is more formal; letters for each word, less what is casual in ten words. 0 without
    a word."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    casual = sum(word.casefold() in _CASUAL for word in words)
    casual += len(_CONTRACTION.findall(text)) + text.count("!")
    return sum(map(len, words)) / len(words) - 10 * casual / len(words)


def in_tone(passages: Sequence[Passage], tone: int, count: int) -> list[Passage]:
    """`count` of `passages`, which are the nearest first: near ones of this tone.

    `tone` goes from -2 (formal) to 2 (casual); 0 takes the nearest. Nearness and tone weigh the
    same at 1, tone twice as much at 2; both count by rank.
    """
    if not tone:
        return list(passages[:count])
    by_tone = sorted(passages, key=lambda p: formality(p.text), reverse=tone < 0)
    ranks = {id(p): near + abs(tone) * by_tone.index(p) for near, p in enumerate(passages)}
    chosen = sorted(passages, key=lambda p: ranks[id(p)])[:count]
    return [p for p in passages if p in chosen]
