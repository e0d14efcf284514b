"""Forgets, and looks for words in every byte of a home, as someone with the disk in hand would."""

from collections.abc import Iterable
from pathlib import Path

from microtune import forgetting
from microtune.forgetting import Forgotten
from microtune.store import Store


def forget(store: Store, given: str) -> Forgotten:
    """Forget what `given` names now."""
    return forgetting.forget(store, forgetting.find_target(store, given))


def left_of(home: Path, words: Iterable[str]) -> list[str]:
    """Each of `words` that stands in a file below `home`, with the file's name.

    Case is none of the search's business: the index keeps words in lower case.
    """
    found = []
    for path in sorted(path for path in home.rglob("*") if path.is_file()):
        content = path.read_bytes().lower()
        found += [f"{word} in {path.name}" for word in words if word.lower().encode() in content]
    return found


def marked(number: int, words: int = 60) -> str:
    """Prose in which each third word is one that no other number's prose has."""
    return " ".join(
        mark(number, at) if at % 3 == 0 else ("letters", "wandered")[at % 2] for at in range(words)
    )


def mark(number: int, at: int) -> str:
    """A word of `marked(number)`; Porter's stemmer leaves it as it is."""
    return f"qz{number:04d}x{at:03d}k"


def marks(number: int) -> list[str]:
    """What to look for of `marked(number)`."""
    return [f"qz{number:04d}x"]
