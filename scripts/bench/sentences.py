"""Sentences out of texts of any kind: .jsonl records with a "text", mailboxes, folders of texts.

Knows nothing of what is made of them.
"""

import json
import mailbox
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

from repeated_mail import OPENERS

FEWEST_WORDS, MOST_WORDS = 5, 40
LETTERS = 0.75  # share of a sentence that is letters and spaces: else it is a table or a path
SUFFIXES = (".txt", ".md")

_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(]?[A-Z])")


def sentences(places: Iterable[Path], most: int) -> list[str]:
    """The first `most` distinct sentences, taken from the places in turns."""
    readers = [_sentences(texts(place)) for place in places]
    found: dict[str, None] = {}
    while readers and len(found) < most:
        for reader in list(readers):
            some = list(islice(reader, 1000))
            found.update(dict.fromkeys(some))
            if not some:
                readers.remove(reader)
    return list(islice(found, most))


def texts(place: Path) -> Iterator[str]:
    """Every text at a place."""
    name = place.name.removesuffix(place.suffix) if place.suffix in OPENERS else place.name
    if place.is_dir():
        for path in sorted(place.rglob("*")):
            if path.suffix in SUFFIXES:
                yield path.read_text("utf-8", "replace")
    elif name.endswith(".jsonl"):
        with OPENERS.get(place.suffix, open)(place, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield str(json.loads(line).get("text") or "")
    elif name.endswith(".mbox"):
        with closing(mailbox.mbox(place)) as box:
            for part in (part for message in box for part in message.walk()):
                if part.get_content_type() == "text/plain":
                    yield bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace")
    else:
        yield place.read_text("utf-8", "replace")


def _sentences(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for paragraph in text.split("\n\n"):
            for sentence in _END.split(" ".join(paragraph.split())):
                if _is_prose(sentence):
                    yield sentence


def _is_prose(sentence: str) -> bool:
    words = sentence.count(" ") + 1
    if not FEWEST_WORDS <= words <= MOST_WORDS or not sentence.endswith((".", "?", "!")):
        return False
    letters = sum(character.isalpha() or character == " " for character in sentence)
    return letters >= LETTERS * len(sentence) and not sentence.startswith((">", "-", "*", "#"))
