"""Forms that a person's texts can take as examples to train on, to be compared with each other.

Whatever the form, the prompts of the product are what is scored afterwards. Knows nothing of
tokens.
"""

import random
from collections.abc import Callable, Iterator, Sequence

from study_data import nothing
from study_variants import Form

from microtune.contracts import Turn
from microtune.words import Document
from microtune_adapters import prompts
from microtune_adapters.briefs import about
from microtune_adapters.examples import (
    PASSAGES,
    Example,
    Nearest,
    heldout_examples,
    pieces,
    shortened,
    training_examples,
)
from microtune_adapters.prompts import Brief

_ALL_PIECES = 10**6
_Make = Callable[[Document], Iterator[Example]]


def examples(
    documents: Sequence[Document],
    nearest: Nearest,
    seed: int,
    epoch: int,
    form: Form = "mixture",
    passages: float | None = None,
) -> Iterator[Example]:
    """One epoch, each example made when it is asked for: one for each piece, whatever the form.
    "mixture" is what the product does, with its own share of passages unless `passages` is another
    one (0 or 1); the other forms come without any unless it is."""
    if form == "mixture":
        made = training_examples(documents, nothing if passages == 0 else nearest, seed, epoch)
    else:
        made = _shuffled(documents, _MADE[form], seed, epoch)
    return (_with_passages(one, nearest) for one in made) if passages == 1 else made


def _shuffled(
    documents: Sequence[Document], make: _Make, seed: int, epoch: int
) -> Iterator[Example]:
    """What `make` makes of the documents, in an order of this seed and epoch."""
    places = [(n, i) for n, one in enumerate(documents) for i in range(len(pieces(one.text)))]
    random.Random(f"{seed}:{epoch}").shuffle(places)
    made: dict[int, list[Example]] = {}
    for number, piece in places:
        if number not in made:
            made[number] = list(make(documents[number]))
        yield made[number][piece]


def _as_scored(document: Document) -> Iterator[Example]:
    """Full briefs and what came before, exactly as held-out texts are asked for."""
    yield from heldout_examples(document, None, _ALL_PIECES)


def _brief(document: Document) -> Iterator[Example]:
    """Each piece written from a brief, whatever came before it."""
    for index, part in enumerate(pieces(document.text)):
        yield _example(document, "write", prompts.write_turns(_known(document, part, index)), part)


def _answer(document: Document) -> Iterator[Example]:
    """The message answered or the piece before and nothing else; a brief where there is none."""
    before = document.answered
    for index, part in enumerate(pieces(document.text)):
        if not before:
            turns = prompts.write_turns(_known(document, part, index))
        elif index:
            turns = prompts.continue_turns(before, Brief())
        else:
            turns = prompts.reply_turns(before, Brief())
        yield _example(document, "reply", turns, part)
        before = part


def _continue(document: Document) -> Iterator[Example]:
    """The text going on from what stands before it, without any brief."""
    before = document.subject
    for part in pieces(document.text):
        yield _example(document, "continue", prompts.continue_turns(before, Brief()), part)
        before = part


_MADE: dict[str, _Make] = {
    "as scored": _as_scored,
    "brief": _brief,
    "answer": _answer,
    "continue": _continue,
}


def _known(document: Document, part: str, index: int) -> Brief:
    to = ", ".join(document.recipients[:2]) if index == 0 else ""
    return Brief(about(part), to, document.subject, len(part.split()))


def _example(document: Document, form: str, turns: Sequence[Turn], part: str) -> Example:
    return Example(document.id, document.kind, form, tuple(turns), part)


def _with_passages(one: Example, nearest: Nearest) -> Example:
    """The same with retrieved passages in front, unless it has some."""
    if one.turns[0].role == "system":
        return one
    found = nearest(one.turns[-1].content[-600:], one.document)[:PASSAGES]
    voice = prompts.voice_turns([shortened(passage) for passage in found])
    return Example(one.document, one.kind, one.form, (*voice, *one.turns), one.answer)
