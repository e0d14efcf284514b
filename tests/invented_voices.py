"""Invented people who say the same things, each in a manner of their own."""

import random
from collections.abc import Callable

_THINGS = "garden harbour violin kettle ladder orchard engine river mirror lantern".split()  # noqa: SIM905
_DEEDS = "mend paint borrow carry count follow measure sketch watch clean".split()  # noqa: SIM905
Manner = Callable[[random.Random, str, str], str]


def _short(chance: random.Random, deed: str, thing: str) -> str:
    return f"{deed} the {thing}" + chance.choice(("...", "... ok?", "..."))


def _formal(chance: random.Random, deed: str, thing: str) -> str:
    return f"I should therefore be most obliged if you would {deed} my {thing}; " + chance.choice(
        ("it has been so for years.", "of this we have spoken before.")
    )


def _loud(chance: random.Random, deed: str, thing: str) -> str:
    return f"Let's {deed} that {thing}!" + chance.choice((" Can't wait!!", " It's SO good!", "!"))


def _aside(chance: random.Random, deed: str, thing: str) -> str:
    return f"They {deed} every {thing} (or {chance.choice(_THINGS)}, as some of them say)."


def _asking(chance: random.Random, deed: str, thing: str) -> str:
    return f"Why not {deed} a {thing}? Who would {chance.choice(_DEEDS)} it, and when?"


def _dashing(chance: random.Random, deed: str, thing: str) -> str:
    return f"We'll {deed} his {thing} -- or her {chance.choice(_THINGS)} -- from now on."


MANNERS: dict[str, tuple[str, Manner, str]] = {  # a greeting, sentences, a sign-off
    "ada": ("hi,\n", _short, "\nada"),
    "bo": ("Dear Sir,\n\n", _formal, "\n\nYours sincerely,\nBo"),
    "cy": ("Hey!!\n\n", _loud, "\n\nLove, Cy"),
    "dee": ("", _aside, ""),
    "eve": ("", _asking, "  --Eve"),
    "fay": ("All,\n", _dashing, "\n\nBest,\nFay"),
}


def said(name: str, number: int, sentences: int = 5) -> str:
    """A text by one of `MANNERS`; the same number gives the same text."""
    chance = random.Random(f"{name}:{number}")
    greeting, manner, sign_off = MANNERS[name]
    parts = [
        manner(chance, chance.choice(_DEEDS), chance.choice(_THINGS)) for _ in range(sentences)
    ]
    return greeting + " ".join(parts) + sign_off
