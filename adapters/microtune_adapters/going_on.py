"""Where a text stops: between sentences, or within one that is to be gone on with.

Knows nothing of prompts or models.
"""

import re
from typing import NamedTuple

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\s+|\n+")
LONGEST = 300  # characters of a sentence whose beginning is handed on word for word


class Stop(NamedTuple):
    """`settled` are whole sentences; `begun` is the beginning of one, "" between sentences."""

    settled: str
    begun: str


def stop_of(text: str) -> Stop:
    """Where `text` stops. White space at its end means nothing, save that a line has ended."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text + " ")]
    cut = min(ends[-1], len(text)) if ends else 0
    begun = text[cut:].rstrip()
    if len(begun) > LONGEST:
        return Stop(text.strip(), "")
    return Stop(text[:cut].strip(), begun)
