"""Retrieval only: the base with five of the person's own passages in front, and nothing trained."""

from collections.abc import Sequence

from microtune.words import Document
from microtune_adapters import prompts
from microtune_adapters.examples import Example, Nearest, heldout_examples, shortened

PASSAGES = 5


def examples(document: Document, nearest: Nearest, most: int) -> Sequence[Example]:
    """The product's held-out prompts with five passages instead of its two."""
    return [_with_passages(one, nearest) for one in heldout_examples(document, None, most)]


def _with_passages(one: Example, nearest: Nearest) -> Example:
    found = nearest(one.turns[-1].content[-600:], one.document)[:PASSAGES]
    voice = prompts.voice_turns([shortened(passage) for passage in found])
    return Example(one.document, one.kind, one.form, (*voice, *one.turns), one.answer)
