"""Replay: which of the texts that an adapter knows it sees again, so that it does not forget them.

Knows nothing of runs or the store. Replaying old examples beside new ones is the plainest remedy
for forgetting (Rolnick et al., 2019, arXiv 1811.11682).
"""

import math
import random
from collections.abc import Sequence

from microtune.words import Document


def replayed(documents: Sequence[Document], words: int, seed: str) -> list[Document]:
    """About `words` words of `documents` (oldest first), in their order; never twice as many.

    The newest is drawn with a weight of 1, the others with one that falls evenly towards the
    oldest (Efraimidis and Spirakis, 2006: the largest u^(1/weight) without replacement). A text
    longer than all of `words` is passed over, unless there is no other.
    """
    fitting = [d for d in documents if d.words <= words] or list(documents)
    drawn = sorted(enumerate(fitting, start=1), key=lambda at: _lateness(at[0], at[1], seed))
    chosen: set[str] = set()
    for _, document in drawn:
        if words <= 0:
            break
        chosen.add(document.id)
        words -= document.words
    return [document for document in fitting if document.id in chosen]


def _lateness(place: int, document: Document, seed: str) -> float:
    """Grows with how late a document is drawn: -log(u) / weight, up to a constant factor."""
    return -math.log(1.0 - random.Random(f"{seed}:{document.id}").random()) / place
