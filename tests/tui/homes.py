"""Homes for the assistant's tests: a real store with a few invented texts, a base, an adapter."""

from datetime import UTC, datetime
from pathlib import Path

from microtune.locations import Home
from microtune.words import Document, Source
from microtune_adapters.cards import Card
from microtune_adapters.gguf_inspect import inspect_base
from microtune_tui.wiring import Wiring
from tests.tiny import tiny_adapter

LETTERS = (  # subject, to, day of May, text
    ("Your visit", "Ana", 3, "It was good of you to come, and better of you to bring the plums."),
    ("The roof", "Bo", 7, "The roofer came on Tuesday at ten and left at eleven: he saw no roof."),
    ("Plums", "Ana", 9, "We have eaten all the plums but one, which nobody dares to finish."),
    ("The boat", "Cy", 14, "Sell the boat: it has spent more nights under water than we have."),
)
REASON = "better than the base with retrieval on held-out text: 2.051 against 2.380 bits per byte"
BITS = {"base": 2.412, "base_rag": 2.380, "adapter": 2.102, "adapter_rag": 2.051}


def home_with_letters(home: Path) -> Wiring:
    """A home whose store holds `LETTERS` and that has no base yet."""
    wiring = Wiring(Home(home))
    with wiring.store() as store:
        source = Source("folder", "letters")
        consent = store.sources.add(source, "test")
        for subject, to, day, text in LETTERS:
            document = Document(
                text=text,
                kind="mail",
                source=source.id,
                place=f"{subject}.eml",
                written=datetime(2026, 5, day, tzinfo=UTC),
                recipients=(to,),
                subject=subject,
            )
            store.documents.put(document, None, consent)
    return wiring


def with_adapter(wiring: Wiring, work: Path, base: Path, *, active: bool = True) -> str:
    """Admit a random adapter of `base` with invented figures; returns its id."""
    card = Card(
        created="2026-11-01T10:00:00+00:00",
        base_sha256=inspect_base(base).sha256,
        base_name="tiny",
        data_sha256="d" * 64,
        documents=212,
        words=34_000,
        measurements={"bits_per_byte": BITS},
        verdict="promoted",
        reason=REASON,
    )
    adapter = wiring.library.admit(tiny_adapter(work / "adapter", base), card)
    if active:
        wiring.library.promote(adapter)
    return adapter
