"""Examples: what training and evaluation see of a document, as a prompt and the person's words.

A document is cut into pieces at paragraph and sentence ends. Its first piece is an answer where the
message answered is known, else a text written from a brief; each later piece continues the one
before. Knows nothing about tokens or models.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from microtune.contracts import Turn
from microtune.passages import split_into_passages
from microtune.words import Document
from microtune_adapters import prompts
from microtune_adapters.briefs import about, flattened
from microtune_adapters.prompts import Brief

PIECE_WORDS = (120, 200)  # at least and at most
PASSAGES = 2
PASSAGE_WORDS = 90

# query, document to leave out → nearest own passages
Nearest = Callable[[str, str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Example:
    """A context (`turns`) and the person's own `answer` to it; loss falls on the answer alone."""

    document: str
    kind: str
    form: str  # "write", "reply", "continue" or "rewrite"
    turns: tuple[Turn, ...]
    answer: str


def pieces(text: str) -> list[str]:
    """The text in pieces that end where paragraphs or sentences do."""
    return split_into_passages(text, *PIECE_WORDS)


def heldout_examples(document: Document, nearest: Nearest | None, limit: int = 3) -> list[Example]:
    """The examples on which a document is scored: its first `limit` pieces, full briefs.

    With `nearest` they carry retrieved passages, without they do not; all else is equal.
    """
    parts = pieces(document.text)[:limit]
    return [_example(document, parts, i, _brief(document, part, i), nearest)
            for i, part in enumerate(parts)]  # fmt: skip


def training_examples(
    documents: Sequence[Document], nearest: Nearest, seed: int, epoch: int
) -> list[Example]:
    """One example for each piece of each document, in an order of this seed and epoch.

    What the prompt tells (phrases, subject, length, passages) varies from epoch to epoch, so
    that the adapter learns to write from much and from little.
    """
    made: list[Example] = []
    for document in documents:
        rng = random.Random(f"{seed}:{epoch}:{document.id}")
        parts = pieces(document.text)
        for i, part in enumerate(parts):
            passages = nearest if rng.random() < 0.5 else None
            notes = flattened(part) if rng.random() < 0.1 else ""
            if notes:
                made.append(_rewrite(document, part, notes, passages))
            else:
                brief = _brief(document, part, i, rng)
                made.append(_example(document, parts, i, brief, passages))
    random.Random(f"{seed}:{epoch}").shuffle(made)
    return made


def _brief(doc: Document, part: str, index: int, rng: random.Random | None = None) -> Brief:
    """All that is known of a piece; with `rng`, now and then less of it."""

    def known(share: float) -> bool:
        return rng is None or rng.random() < share

    phrases = rng.choice((2, 3, 4, 5)) if rng else 4
    return Brief(
        about=about(part, phrases) if known(0.85) else "",
        to=", ".join(doc.recipients[:2]) if index == 0 and known(0.85) else "",
        subject=doc.subject if known(0.85) else "",
        words=len(part.split()) if known(0.85) else 0,
    )


def _example(
    document: Document, parts: Sequence[str], index: int, brief: Brief, nearest: Nearest | None
) -> Example:
    before = parts[index - 1] if index else ""
    passages = _passages(document, brief, before or document.answered, nearest)
    if before:
        form, turns = "continue", prompts.continue_turns(before, brief, passages)
    elif document.answered:
        form, turns = "reply", prompts.reply_turns(document.answered, brief, passages)
    else:
        form, turns = "write", prompts.write_turns(brief, passages)
    return Example(document.id, document.kind, form, tuple(turns), parts[index])


def _rewrite(document: Document, part: str, notes: str, nearest: Nearest | None) -> Example:
    passages = _passages(document, Brief(), notes, nearest)
    turns = prompts.rewrite_turns(notes, Brief(subject=document.subject), passages)
    return Example(document.id, document.kind, "rewrite", tuple(turns), part)


def _passages(doc: Document, brief: Brief, context: str, nearest: Nearest | None) -> list[str]:
    """Passages near to what a writer would have said beforehand, never to the text itself."""
    if nearest is None:
        return []
    query = " ".join((brief.about, brief.subject, brief.to, context[-600:]))
    return [shortened(passage) for passage in nearest(query, doc.id)[:PASSAGES]]


def shortened(passage: str) -> str:
    """A passage cut to the length that prompts carry."""
    words = passage.split(" ")
    return passage if len(words) <= PASSAGE_WORDS else " ".join(words[:PASSAGE_WORDS]) + " …"
