"""Names and numbers of a text, to see whether another text still tells them.

A guess from spelling alone: a word with a digit, or one with a capital where no sentence begins.
"""

import re

_SENTENCE_ENDS = re.compile(r"[.!?…:][\"'”’)\]]*$")
_EDGES = re.compile(r"^\W+|['’]s\W*$|\W+$")


def facts(text: str) -> dict[str, str]:
    """The names and numbers in the order in which they stand: how they compare → as written."""
    found: dict[str, str] = {}
    begins = True  # a sentence; what has a capital there may be any word
    for paragraph in re.split(r"\n\s*\n", text):
        begins = True
        for raw in paragraph.split():
            word = _EDGES.sub("", raw)
            telling = any(c.isdigit() for c in word) or (
                not begins and len(word) > 1 and word[0].isupper() and not word.startswith("I'")
            )
            if telling and not word.startswith("I’"):
                found.setdefault(word.casefold(), word)
            begins = _SENTENCE_ENDS.search(raw) is not None
    return found


def lost(old: str, new: str) -> list[str]:
    """Names and numbers of `old` that `new` does not tell, in any case or place."""
    there = {_EDGES.sub("", word).casefold() for word in new.split()}
    return [written for key, written in facts(old).items() if key not in there]
