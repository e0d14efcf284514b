"""Sentences of drafts, of real texts and of shuffled real sentences, handed to the checker."""

from collections.abc import Mapping, Sequence
from typing import Any

from . import grammar

SENTENCES = 400  # of each side at most
SEED = 1


def figures(real: Sequence[str], drafts: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The share that parses for each side; only {"checker": None} where there is no checker.

    Each side's figure is weighted to the lengths of the real sentences.
    """
    checker = grammar.version()
    if checker is None:
        return {"checker": None}
    like = grammar.drawn(grammar.sentences(real), SENTENCES, SEED)
    found = {
        "real": like,
        "shuffled": [grammar.shuffled(sentence, i) for i, sentence in enumerate(like)],
        **{
            side: grammar.drawn(grammar.sentences(t), SENTENCES, SEED) for side, t in drafts.items()
        },
    }
    return {
        "checker": checker,
        "sentences": {side: len(ones) for side, ones in found.items()},
        "parsed": {side: grammar.share(ones, like) for side, ones in found.items()},
    }
