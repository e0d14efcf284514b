"""Turns plain texts into the chats that microtune will hold with the model.

The prompt wording is `microtune_adapters.prompts` itself. Knows nothing about tokens.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from microtune.contracts import Turn
from microtune_adapters import prompts
from microtune_adapters.briefs import about, flattened
from microtune_adapters.prompts import Brief

from .corpus import Record
from .threads import split_subject
from .turns import exchanges, turns

_GREETED = re.compile(r"^(?:hi|hello|hey|dear) +([A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?) *[,!:.\n]", re.I)
_ENDED = re.compile(r"[.!?…][\"'”’)]*$")
_SHORTEST, _LONGEST = 12, 260  # words of an answer


@dataclass(frozen=True, slots=True)
class Chat:
    turns: list[Turn]
    answer: str


def chats(record: Record, rng: random.Random, asked: str | None = None) -> Iterator[Chat]:
    """Chats made of one record; `asked` is the message that it answers, where one is known."""
    said = turns(record.text) if record.kind in ("conversation", "minutes") else []
    if said:
        for one in exchanges(said):
            if len(one.message.split()) >= 4 and 6 <= len(one.answer.split()) <= _LONGEST:
                yield _reply(one.message, one.answer, one.asker, "", rng)
        return
    subject, body = split_subject(record.text)
    if asked and _SHORTEST <= len(body.split()) <= _LONGEST:
        yield _reply(asked, body, _greeted(body), subject, rng)
    else:
        yield from _written(pieces(body), subject, rng)


def pieces(text: str, fewest: int = 40, most: int = 220) -> list[str]:
    """Runs of whole paragraphs of `fewest` to about `most` words that end as sentences do."""
    made: list[str] = []
    held: list[str] = []
    paragraphs = [p.strip() for p in text.split("\n\n") if p.strip()]
    words = sum(len(p.split()) for p in paragraphs)
    if _SHORTEST <= words <= most:
        return ["\n\n".join(paragraphs)]
    for paragraph in paragraphs:
        if held and _words(held) + len(paragraph.split()) > most:
            made.append("\n\n".join(held))
            held = []
        held.append(paragraph)
        if _words(held) >= fewest and _ENDED.search(paragraph):
            made.append("\n\n".join(held))
            held = []
    return [p for p in made if _SHORTEST <= len(p.split()) <= _LONGEST and _ENDED.search(p)]


def _words(paragraphs: Sequence[str]) -> int:
    return sum(len(p.split()) for p in paragraphs)


def _greeted(text: str) -> str:
    match = _GREETED.match(text)
    return match[1] if match else ""


def _brief(text: str, subject: str, rng: random.Random) -> Brief:
    return Brief(
        about=about(text, rng.choice((2, 3, 4, 5))) if rng.random() < 0.9 else "",
        to=_greeted(text),
        subject=subject if rng.random() < 0.8 else "",
        words=len(text.split()) if rng.random() < 0.85 else 0,
    )


def _reply(message: str, answer: str, asker: str, subject: str, rng: random.Random) -> Chat:
    brief = _brief(answer, "", rng)
    to = asker if rng.random() < 0.5 else ""
    return Chat(prompts.reply_turns(message, Brief(brief.about, to, subject, brief.words)), answer)


def _passages(made: Sequence[str], index: int, rng: random.Random) -> list[str]:
    """Up to three other pieces of the same text, cut to passage length; mostly none."""
    others = [p for i, p in enumerate(made) if i != index]
    if not others or rng.random() < 0.7:
        return []
    chosen = rng.sample(others, min(len(others), rng.choice((1, 2, 3))))
    return [" ".join(p.split(" ")[:110]) for p in chosen]


def _written(made: Sequence[str], subject: str, rng: random.Random) -> Iterator[Chat]:
    for index, piece in enumerate(made):
        brief = _brief(piece, subject, rng)
        passages = _passages(made, index, rng)
        draw = rng.random()
        if draw < 0.2 and index:
            yield Chat(prompts.continue_turns(made[index - 1], brief, passages), piece)
        elif draw < 0.3 and (notes := flattened(piece)):
            plain = Brief(subject=brief.subject)
            yield Chat(prompts.rewrite_turns(notes, plain, passages), piece)
        else:
            yield Chat(prompts.write_turns(brief, passages), piece)
