"""Invented writers: documents, and stores full of them. The same number gives the same text."""

import random
from datetime import UTC, datetime, timedelta

from microtune.locations import Home
from microtune.store import Store
from microtune.words import Document, Source

LETTERS = Source("folder", "/ada/letters")
NAMES = ("Ada", "Bo", "Cy", "Dora", "Émile")
THINGS = ("the tea", "a boat", "12 lamps", "the river's edge", "some bread", "an old letter")
VERBS = ("carried", "forgot", "didn't want", "wrote about", "asked for")
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def letter(number: int, sentences: int = 5) -> str:
    """A few sentences in a manner that is soon learned, of which no two letters are alike."""
    choose = random.Random(number).choice
    return f"Letter {number}, " + " ".join(
        f"{choose(NAMES)} {choose(VERBS)} {choose(THINGS)}, alas, and {choose(NAMES)} sighed."
        for _ in range(sentences)
    )


def document(number: int, text: str = "") -> Document:
    """Letters and mails, every third an answer to one; the higher the number the newer."""
    mail = number % 2 == 0
    return Document(
        text or letter(number),
        kind="mail" if mail else "text",
        source=LETTERS.id,
        place=f"{number}.txt",
        written=FIRST_DAY + timedelta(days=number),
        recipients=("bo@example.org",) if mail else (),
        subject="the river" if mail else "",
        answered=f"Where is letter {number}?" if number % 3 == 0 else "",
    )


def keep(store: Store, *documents: Document) -> None:
    """Store documents under the consent to their source."""
    store.sources.add(LETTERS, "Yes, read my letters.")
    for one in documents:
        store.documents.put(one, None, store.sources.consent(one.source) or "")


def filled(home: Home, count: int = 60) -> Store:
    """A store of `count` letters."""
    store = Store.open(home)
    keep(store, *map(document, range(count)))
    return store


def no_passages(query: str, leave_out: str) -> list[str]:
    return []


def echo(query: str, leave_out: str) -> list[str]:
    """Retrieval that always finds the same."""
    return ["An earlier passage.", "And another one."]
