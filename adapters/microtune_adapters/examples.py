"""Examples: what training and evaluation see of a document, as a prompt and the person's words.

A document is cut into pieces at paragraph and sentence ends. Its first piece is an answer where the
message answered is known, else a text written from a brief; each later piece continues the one
before. Knows nothing about tokens or models.
"""

import random
from collections.abc import Callable, Iterator, Sequence
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
) -> Iterator[Example]:
    """One example for each piece of each document, in an order of this seed and epoch.

    What the prompt tells (phrases, subject, length, passages) varies from epoch to epoch, so
    that the adapter learns to write from much and from little. Each is made when it is asked for:
    finding passages is what takes time, and a short run needs few of them.
    """
    texts = [pieces(document.text) for document in documents]
    places = [(number, i) for number, parts in enumerate(texts) for i in range(len(parts))]
    random.Random(f"{seed}:{epoch}").shuffle(places)
    told: dict[int, list[_Told]] = {}
    for number, i in places:
        document, parts = documents[number], texts[number]
        if number not in told:
            told[number] = _all_told(document, parts, f"{seed}:{epoch}:{document.id}")
        yield _drawn(document, parts, i, told[number][i], nearest)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a prompt is to tell of a piece; `notes`: the piece is to be made of these alone."""

    brief: Brief
    notes: str
    passages: bool


def _all_told(document: Document, parts: Sequence[str], seed: str) -> list[_Told]:
    """One for each piece."""
    rng, made = random.Random(seed), []
    for i, part in enumerate(parts):
        passages = rng.random() < 0.5
        notes = flattened(part) if rng.random() < 0.1 else ""
        made.append(_Told(Brief() if notes else _brief(document, part, i, rng), notes, passages))
    return made


def _drawn(
    document: Document, parts: Sequence[str], index: int, told: _Told, nearest: Nearest
) -> Example:
    among = nearest if told.passages else None
    if told.notes:
        return _rewrite(document, parts[index], told.notes, among)
    return _example(document, parts, index, told.brief, among)


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
