"""A paused source is not read, its texts stay, and it goes on where it was."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from microtune.contracts import Change
from microtune.daemon.collaborators import Chosen
from microtune.daemon.outlook import Outlook
from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune.store import Store
from microtune.words import Document, Source

LETTERS, NOTES = Source("folder", "/letters"), Source("folder", "/notes")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    with Store.open(home) as store:
        consent = store.sources.add(LETTERS, "Read it.")
        store.sources.add(NOTES, "Read it.")
        for n, kind in enumerate(("mail", "mail", "text")):
            document = Document(f"Own words, {n} plums.", kind, LETTERS.id, f"{n}.eml")
            store.documents.put(document, None, consent)
        yield store


def test_it_is_not_read_and_its_texts_stay(home: Home, store: Store) -> None:
    assert store.sources.pause("/letters") == LETTERS
    assert store.sources.all() == (LETTERS, NOTES)
    assert store.sources.to_read() == (NOTES,)
    assert store.sources.paused() == {LETTERS.id}
    assert store.documents.count() == 3
    outlook = Outlook(home, Chosen)
    outlook.look(lambda store: None)
    assert outlook.sources == (NOTES,)
    store.sources.resume(LETTERS.id)
    assert store.sources.to_read() == (LETTERS, NOTES)
    outlook.look(lambda store: None)
    assert outlook.sources == (LETTERS, NOTES)


def test_the_ledger_has_a_line_for_each_change_and_none_for_none(store: Store) -> None:
    for _ in range(2):
        store.sources.pause("/letters")
    for _ in range(2):
        store.sources.resume("/letters")
    events = [line.event for line in store.ledger.lines()]
    assert events[-2:] == ["source paused", "source resumed"]
    assert events.count("source paused") == 1
    assert store.ledger.verify() == []


def test_consent_given_anew_ends_a_pause(store: Store) -> None:
    store.sources.pause("/letters")
    store.sources.remove("/letters")
    store.sources.add(LETTERS, "Read it.")
    assert store.sources.paused() == frozenset()


def test_a_place_that_is_no_source_cannot_be_paused(store: Store) -> None:
    with pytest.raises(MicrotuneError, match="there is no source"):
        store.sources.pause("/elsewhere")


def test_a_pass_leaves_it_out_also_where_it_changed(store: Store) -> None:
    from microtune import collecting
    from microtune.curation.curator import Curator

    opened: list[Source] = []

    def refuse(source: Source) -> None:
        opened.append(source)
        raise MicrotuneError("not there", "")

    store.sources.pause("/letters")
    for only in (None, [Change(LETTERS.id, "0.eml"), Change(NOTES.id, "")]):
        collecting.collect(store, refuse, Curator(), only=only)  # type: ignore[arg-type]
    assert opened == [NOTES, NOTES]


def test_texts_are_counted_by_source_and_kind(store: Store) -> None:
    assert store.documents.count_by_source() == {LETTERS.id: {"mail": (2, 8), "text": (1, 4)}}
    store.sources.remove("/letters")
    assert store.documents.count_by_source() == {}
