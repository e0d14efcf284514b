"""Cards for tests."""

from pathlib import Path

from microtune_adapters.cards import Card
from microtune_adapters.gguf_inspect import inspect_base


def card_for(base: Path, created: str = "2026-11-01T10:00:00+00:00") -> Card:
    """A card of an adapter of `base`, before the library gives it its id."""
    return Card(
        created=created,
        base_sha256=inspect_base(base).sha256,
        base_name="tiny",
        data_sha256="d" * 64,
        documents=12,
        words=3400,
        recipe={"rank": 4, "steps": 20},
        measurements={"bits_per_byte": {"base": 2.5, "adapter": 2.1}},
    )
