"""Prompts made of held-out texts, and what can be read off them. Knows no base and no corpus."""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Protocol, TypeVar

from microtune.contracts import Turn
from microtune_adapters import prompts
from microtune_adapters.prompts import Brief

OPENINGS = {
    turns[-1].content.partition("\n")[0]: kind
    for kind, turns in {
        "write": prompts.write_turns(Brief()),
        "reply": prompts.reply_turns("", Brief()),
        "continue": prompts.continue_turns("", Brief()),
        "rewrite": prompts.rewrite_turns("", Brief()),
    }.items()
}
KINDS = tuple(OPENINGS.values())
_ABOUT, _LENGTH = (
    re.compile(r"^About: (.+)$", re.M),
    re.compile(r"^Length: about (\d+) words$", re.M),
)
Text = TypeVar("Text")


class Chat(Protocol):
    """What a maker of chats yields."""

    @property
    def turns(self) -> Sequence[Turn]: ...
    @property
    def answer(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt of one of `KINDS`, made of held-out text number `text`, with the real answer."""

    kind: str
    text: int
    turns: tuple[Turn, ...]
    answer: str

    @property
    def given(self) -> str:
        """The message to answer, the text to continue or the notes to rewrite; "" for "write"."""
        return self.turns[-1].content.partition("\n\n")[2]

    @property
    def phrases(self) -> list[str]:
        """The key phrases of the brief."""
        found = _ABOUT.search(self._head)
        return found[1].split("; ") if found else []

    @property
    def words(self) -> int:
        """The length asked for, 0 where none is."""
        found = _LENGTH.search(self._head)
        return int(found[1]) if found else 0

    def without_about(self) -> "Asked":
        """The same prompt without the brief's key phrases."""
        return self._with(_ABOUT.sub("", self._head).replace("\n\n", "\n").rstrip(), self.given)

    def with_given(self, given: str) -> "Asked":
        """The same prompt about another message or text."""
        return self._with(self._head, given)

    def opened_as(self, kind: str) -> "Asked":
        """The same prompt, but for its opening line: that of another kind."""
        opening = next(line for line, name in OPENINGS.items() if name == kind)
        _, newline, rest = self._head.partition("\n")
        return replace(self._with(opening + newline + rest, self.given), kind=kind)

    @property
    def _head(self) -> str:
        return self.turns[-1].content.partition("\n\n")[0]

    def _with(self, head: str, given: str) -> "Asked":
        content = f"{head}\n\n{given}" if given else head
        return replace(self, turns=(*self.turns[:-1], Turn("user", content)))


def asked(
    texts: Sequence[Text],
    chats: Callable[[Text, random.Random], Iterable[Chat]],
    count: int,
    seed: int,
) -> list[Asked]:
    """At most `count` prompts of each kind, drawn from as many different texts as there are."""
    piles: dict[str, list[list[Asked]]] = defaultdict(list)
    for number, text in enumerate(texts):
        own: dict[str, list[Asked]] = defaultdict(list)
        for chat in chats(text, random.Random(f"{seed} {number}")):
            if kind := OPENINGS.get(chat.turns[-1].content.partition("\n")[0]):
                own[kind].append(Asked(kind, number, tuple(chat.turns), chat.answer))
        for kind, found in own.items():
            piles[kind].append(found)
    rng = random.Random(seed)
    return [one for kind in KINDS for one in _dealt(piles[kind], rng)[:count]]


def _dealt(piles: list[list[Asked]], rng: random.Random) -> list[Asked]:
    """One of each pile, then a second one of each, and so on."""
    rng.shuffle(piles)
    for pile in piles:
        rng.shuffle(pile)
    return [one for round_ in zip_longest(*piles) for one in round_ if one is not None]
