"""Invented sources and texts for the tests of the core. The same number gives the same text."""

import random
from datetime import datetime

from microtune.store import Store
from microtune.words import Document, Found, Source

FOLDER = Source("folder", "/ada/letters", ("ada@example.org",))
MAILBOX = Source("mbox", "/ada/sent.mbox", ("ada@example.org",))
CONSENT = "Yes, read my letters."

_THINGS = """
    garden harbour violin kettle ladder orchard engine pocket river mirror lantern
    bicycle chapel market window blanket compass parcel museum bridge cellar pigeon ferry
    saddle quarry meadow printer tunnel basket pepper thunder ribbon candle saucer
""".split()  # noqa: SIM905
_DEEDS = """
    mended painted borrowed described forgot admired carried counted followed measured
    promised returned sketched watched answered cleaned lifted ordered repaired visited
""".split()  # noqa: SIM905


def letter(number: int, sentences: int = 8) -> str:
    """About 60 words of plain prose that resemble no other number's."""
    chance = random.Random(number)
    return " ".join(
        f"In {chance.choice(_THINGS)} weather I {chance.choice(_DEEDS)} the "
        f"{chance.choice(_THINGS)} near our {chance.choice(_THINGS)}."
        for _ in range(sentences)
    )


def found(number: int, text: str | None = None, written: datetime | None = None) -> Found:
    """A letter as a collector finds it, at a place of its own."""
    return Found(f"letter-{number}.txt", text or letter(number), written=written)


def document(
    text: str, place: str = "letter.txt", source: Source = FOLDER, written: datetime | None = None
) -> Document:
    """A document with little but its text."""
    return Document(text, "text", source.id, place, written=written)


def keep(store: Store, *documents: Document) -> None:
    """Store documents under the consent to their sources, which is given if need be."""
    for source in (FOLDER, MAILBOX):
        store.sources.add(source, CONSENT)
    for one in documents:
        store.documents.put(one, None, store.sources.consent(one.source) or "")
