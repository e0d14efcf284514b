"""Measuring an adapter later: on texts it has not seen, on the base that it is for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune.runs import Role
from microtune.store import Store
from microtune_adapters.cards import Card
from microtune_adapters.engine.llama import LlamaEngine
from microtune_adapters.evaluation import Measurement
from microtune_adapters.gguf_inspect import inspect_base
from microtune_adapters.heldout import measure_adapter
from microtune_adapters.library import Library
from tests.adapters.cards import card_for
from tests.adapters.writers import filled
from tests.tiny import tiny_adapter


@pytest.fixture
def store(own_home: Path) -> Iterator[Store]:
    with filled(Home.find(), 22) as store:
        yield store


def adapter(store: Store, base: Path, work: Path, unseen: int) -> Card:
    """An adapter that a run made which saw all but the newest `unseen` texts."""
    library = Library(store.home.adapters)
    id = library.admit(tiny_adapter(work, base), card_for(base))
    ids = [d.id for d in store.documents.live()]
    roles: dict[Role, list[str]] = {
        "train": ids[: len(ids) - unseen],
        "heldout": ids[len(ids) - unseen :],
    }
    run = store.runs.start({}, roles)
    store.runs.finish(run.id, "promoted", "", id)
    return library.find(id)


def measured(store: Store, card: Card | None, base: Path, served: Path) -> Measurement:
    engine = LlamaEngine(served, 512, 1)
    try:
        library = Library(store.home.adapters)
        return measure_adapter(store, library, card, inspect_base(base), engine, lambda d, t: None)
    finally:
        engine.close()


def test_only_what_it_has_not_seen_is_measured(
    store: Store, base_file: Path, tmp_path: Path
) -> None:
    card = adapter(store, base_file, tmp_path / "work", unseen=4)
    measurement = measured(store, card, base_file, base_file)
    assert measurement.documents == 4
    assert set(measurement.bits_per_byte) == {"base", "base_rag", "adapter", "adapter_rag"}
    assert measurement.bits_per_byte["adapter"] != measurement.bits_per_byte["base"]


def test_a_bare_base_is_measured_in_two_ways(store: Store, base_file: Path) -> None:
    measurement = measured(store, None, base_file, base_file)
    assert measurement.documents == 10
    assert set(measurement.bits_per_byte) == {"base", "base_rag"}


def test_nothing_unseen_gives_a_line(store: Store, base_file: Path, tmp_path: Path) -> None:
    card = adapter(store, base_file, tmp_path / "work", unseen=0)
    with pytest.raises(MicrotuneError, match="every text that is held out now was seen"):
        measured(store, card, base_file, base_file)


def test_an_adapter_of_another_base_is_refused(
    store: Store, base_file: Path, other_base_file: Path, tmp_path: Path
) -> None:
    card = adapter(store, base_file, tmp_path / "work", unseen=4)
    with pytest.raises(MicrotuneError, match="was trained for another base than tiny-1"):
        measured(store, card, other_base_file, other_base_file)
