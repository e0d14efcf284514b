"""Turns plain texts into the chats that microtune will hold with the model.

The prompt wording is `microtune_adapters.prompts` itself. Knows nothing about tokens.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from microtune.contracts import Turn
from microtune_adapters import prompts
from microtune_adapters.briefs import about, flattened
from microtune_adapters.prompts import Brief

from .corpus import Record

_TURN = re.compile(r"^([^:\n]{1,40}): (.+)$", re.S)


@dataclass(frozen=True, slots=True)
class Chat:
    turns: list[Turn]
    answer: str


def chats(record: Record, rng: random.Random) -> Iterator[Chat]:
    """Chats made of one record: answers from dialogue, else briefs, continuations, rewrites."""
    subject, body = _subject(record.text)
    paragraphs = [p.strip() for p in body.split("\n\n") if p.strip()]
    if record.kind == "conversation":
        yield from _answers(paragraphs, rng)
    else:
        yield from _written(_pieces(paragraphs), subject, rng)


def _subject(text: str) -> tuple[str, str]:
    first, _, rest = text.partition("\n")
    if first.startswith("Subject: "):
        return re.sub(r"^(re|fwd?|aw):\s*", "", first[9:], flags=re.I).strip(), rest.strip()
    return "", text


def _pieces(paragraphs: Sequence[str], low: int = 40, high: int = 220) -> list[str]:
    pieces: list[str] = []
    held: list[str] = []
    for paragraph in paragraphs:
        if held and sum(len(p.split()) for p in [*held, paragraph]) > high:
            pieces.append("\n\n".join(held))
            held = []
        held.append(paragraph)
        if sum(len(p.split()) for p in held) >= low and len(paragraph.split()) > 12:
            pieces.append("\n\n".join(held))
            held = []
    if held:
        pieces.append("\n\n".join(held))
    return [p for p in pieces if 8 <= len(p.split()) <= 400]


def _brief(text: str, subject: str, rng: random.Random) -> Brief:
    return Brief(
        about=about(text, rng.choice((2, 3, 4, 5))) if rng.random() < 0.9 else "",
        subject=subject if rng.random() < 0.8 else "",
        words=len(text.split()) if rng.random() < 0.85 else 0,
    )


def _passages(pieces: Sequence[str], index: int, rng: random.Random) -> list[str]:
    """Up to three other passages of the same text, cut to passage length; often none."""
    others = [p for i, p in enumerate(pieces) if i != index]
    if not others or rng.random() < 0.55:
        return []
    chosen = rng.sample(others, min(len(others), rng.choice((1, 2, 3))))
    return [" ".join(p.split(" ")[:110]) for p in chosen]


def _written(pieces: Sequence[str], subject: str, rng: random.Random) -> Iterator[Chat]:
    for index, piece in enumerate(pieces):
        brief = _brief(piece, subject, rng)
        passages = _passages(pieces, index, rng)
        draw = rng.random()
        if draw < 0.25 and index:
            yield Chat(prompts.continue_turns(pieces[index - 1], brief, passages), piece)
        elif draw < 0.40 and (notes := flattened(piece)):
            plain = Brief(subject=brief.subject)
            yield Chat(prompts.rewrite_turns(notes, plain, passages), piece)
        else:
            yield Chat(prompts.write_turns(brief, passages), piece)


def _answers(paragraphs: Sequence[str], rng: random.Random) -> Iterator[Chat]:
    said = [m.groups() for p in paragraphs if (m := _TURN.match(p))]
    for (one, message), (other, answer) in pairwise(said):
        if one != other and 6 <= len(answer.split()) <= 300 and len(message.split()) >= 4:
            brief = _brief(answer, "", rng)
            to = one if rng.random() < 0.5 else ""
            yield Chat(
                prompts.reply_turns(message, Brief(brief.about, to, "", brief.words)), answer
            )
