"""A text without what it speaks of: the shapes of words stand for all but function words.

After Stamatatos, 2017, "Authorship attribution using text distortion": a draft that is asked for
with a person's own phrases would otherwise pass for theirs by its matter alone.
"""

import re

from microtune_adapters.briefs import FUNCTION_WORDS

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def disguised(text: str) -> str:
    """Letters become "x" or "X", digits "0"; function words, punctuation and layout stay."""
    return re.sub(r"\d", "0", _WORD.sub(_shape, text))


def is_function_word(word: str) -> bool:
    return word.lower().replace("’", "'") in FUNCTION_WORDS


def _shape(found: re.Match[str]) -> str:
    word = found[0]
    if is_function_word(word):
        return word
    return "".join("X" if c.isupper() else "x" if c.isalpha() else c for c in word)
