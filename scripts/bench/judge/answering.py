"""Whether a base answers a message rather than continuing it, by what it finds probable.

Neither figure looks at a draft, and neither says that an answer is right or polite: they say that
the base reads the message, and that it tells the two tasks apart. `copied` looks at the drafts.
"""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from microtune.contracts import Engine

from .asked import Asked

COPIED_WORDS = 8
HALF_WORDS = 8


@dataclass(frozen=True, slots=True)
class Share:
    """How many of `of` cases are so; `share` is None where there is no case."""

    share: float | None
    of: int


def own_message_helps(engine: Engine, replies: Sequence[Asked], seed: int) -> Share:
    """Real answers more probable after their own message than after another's.

    The other message comes from another text; the brief's key phrases, made from the answer, are
    left out of both prompts. 0.5 is chance.
    """
    plain = [asked.without_about() for asked in replies]
    pairs = list(zip(plain, strangers(plain, seed), strict=True))
    return _share(
        _nats(engine, one, one.answer) < _nats(engine, one.with_given(other.given), one.answer)
        for one, other in pairs
        if other.text != one.text
    )


def answer_told_from_continuation(engine: Engine, replies: Sequence[Asked]) -> Share:
    """Messages where the base tells the answer from the message's own second half.

    Its first half stands once under "answer this", once under "continue this": the base is right
    when the pairing answer-answer, half-continue is more probable than the crossed one. How hard
    the two texts are in themselves cancels out, so 0.5 is chance.
    """
    results = []
    for asked in replies:
        first, second = halves(asked.given)
        if second:
            answer = asked.without_about().with_given(first)
            go_on = answer.opened_as("continue")
            straight = _nats(engine, answer, asked.answer) + _nats(engine, go_on, second)
            crossed = _nats(engine, go_on, asked.answer) + _nats(engine, answer, second)
            results.append(straight < crossed)
    return _share(results)


def copied(pairs: Iterable[tuple[Asked, str]]) -> Share:
    """Texts that repeat a run of at least `COPIED_WORDS` words of their message."""
    return _share(shared_run(asked.given, text) >= COPIED_WORDS for asked, text in pairs)


def shared_run(one: str, other: str) -> int:
    """The words of the longest run that stands in both texts, whatever their case."""
    a, b = one.lower().split(), other.lower().split()
    return SequenceMatcher(None, a, b, autojunk=False).find_longest_match().size


def halves(message: str) -> tuple[str, str]:
    """The message cut at the sentence end nearest to its middle; ("", "") where halves are short.

    A quoted message that was cut ends in " …", which is no word of its writer's.
    """
    message = message.removesuffix(" …")
    ends = [found.end() for found in re.finditer(r"[.!?][\"”)]*\s+", message)]
    middle = min(ends, key=lambda end: abs(end - len(message) // 2), default=0)
    first, second = message[:middle].strip(), message[middle:].strip()
    short = min(len(first.split()), len(second.split())) < HALF_WORDS
    return ("", "") if short else (first, second)


def strangers(replies: Sequence[Asked], seed: int) -> list[Asked]:
    """For each prompt another one, of another text wherever there are enough texts."""
    order = list(range(len(replies)))
    random.Random(seed).shuffle(order)
    found = list(replies)
    for place, number in enumerate(order):
        later = (order[(place + step) % len(order)] for step in range(1, len(order)))
        others = (replies[i] for i in later if replies[i].text != replies[number].text)
        found[number] = next(others, replies[number])
    return found


def _nats(engine: Engine, asked: Asked, text: str) -> float:
    return engine.score(asked.turns, text).nats


def _share(results: Iterable[bool]) -> Share:
    found = list(results)
    return Share(sum(found) / len(found) if found else None, len(found))
