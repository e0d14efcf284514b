"""The share of sentences that Link Grammar parses whole. Knows nothing of who wrote them.

Link Grammar (Sleator and Temperley, 1991; https://opencog.github.io/link-grammar-website) runs
offline as the program `link-parser`: on Debian, `apt install link-grammar
link-grammar-dictionaries-en`. It judges syntax by a dictionary, never sense, and refuses a fifth
of what people write; so the figure means something beside that of real sentences, and beside the
same ones with their words shuffled.
"""

import random
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence

PROGRAM = "link-parser"
OPTIONS = ("-batch", "-echo", "-verbosity=1", "-graphics=0", "-null=0", "-panic=0", "-timeout=5")
BANDS = (range(5, 9), range(9, 14), range(14, 20), range(20, 26))  # words of a sentence
_SPLIT = re.compile(r"(?<=[.!?])[\"”]?\s+|\n+")
_PLAIN = re.compile(r"[A-Z][\w\s,;:'’()-]*[.!?]", re.A)


def version() -> str | None:
    """The checker's name and version, or None where it is not installed."""
    if not shutil.which(PROGRAM):
        return None
    done = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"link-grammar-([\d.]+)", done.stdout + done.stderr)
    return f"Link Grammar {found[1]}" if found else "Link Grammar"


def sentences(texts: Iterable[str]) -> list[str]:
    """The plain whole sentences of 5 to 25 words: no headings, lists, quotes or code."""
    found = []
    for text in texts:
        for part in _SPLIT.split(text):
            sentence = " ".join(part.split())
            if _PLAIN.fullmatch(sentence) and band(sentence) is not None:
                found.append(sentence)
    return found


def band(sentence: str) -> int | None:
    """Which of `BANDS` the sentence falls into by its words."""
    words = len(sentence.split())
    return next((number for number, one in enumerate(BANDS) if words in one), None)


def drawn(found: Sequence[str], count: int, seed: int) -> list[str]:
    """At most `count` of the sentences."""
    return random.Random(seed).sample(list(found), min(count, len(found)))


def shuffled(sentence: str, seed: int) -> str:
    """The sentence with its words in another order, its first letter and last mark in place."""
    words = sentence[:-1].split()
    random.Random(seed).shuffle(words)
    mixed = " ".join(words)
    return mixed[:1].upper() + mixed[1:] + sentence[-1]


def parsed(found: Sequence[str]) -> list[bool]:
    """Whether each sentence has a linkage that takes in all of its words."""
    done = subprocess.run(
        [PROGRAM, "en", *OPTIONS],
        input="".join(f"{sentence}\n" for sentence in found),
        capture_output=True,
        text=True,
        check=True,
    )
    good = [True] * len(found)
    number = -1
    for line in done.stdout.splitlines():
        if number + 1 < len(found) and line.strip() == found[number + 1]:
            number += 1
        elif line.startswith("+++++ error") and number >= 0:
            good[number] = False
    if number + 1 != len(found):
        raise ValueError(f"{PROGRAM} read {number + 1} of {len(found)} sentences")
    return good


def share(found: Sequence[str], like: Sequence[str]) -> float | None:
    """The share that parses, each length weighted as in `like`: short sentences parse easier."""
    if not found or not like:
        return None
    good = parsed(found)
    total = weight = 0.0
    for number in range(len(BANDS)):
        inside = [ok for sentence, ok in zip(found, good, strict=True) if band(sentence) == number]
        part = sum(band(sentence) == number for sentence in like) / len(like)
        if inside:
            total, weight = total + part * sum(inside) / len(inside), weight + part
    return total / weight if weight else None
