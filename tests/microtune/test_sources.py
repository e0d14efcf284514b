"""Consent: given, repeated, changed, withdrawn, given again."""

import pytest

from microtune.errors import MicrotuneError
from microtune.store import Store
from microtune.words import Mark, Source
from tests.microtune.invented import CONSENT, FOLDER, MAILBOX, document, keep


def events(store: Store) -> list[str]:
    return [line.event for line in store.ledger.lines()]


def test_a_consented_source_comes_back(store: Store) -> None:
    line = store.sources.add(FOLDER, CONSENT)
    assert store.sources.all() == (FOLDER,)
    assert store.sources.consent(FOLDER.id) == line
    assert next(store.ledger.lines()).facts["consent"] == CONSENT


def test_the_same_consent_twice_is_one_line(store: Store) -> None:
    assert store.sources.add(FOLDER, CONSENT) == store.sources.add(FOLDER, CONSENT)
    assert events(store) == ["source added"]


def test_other_addresses_are_a_new_consent_and_a_new_reading(store: Store) -> None:
    first = store.sources.add(MAILBOX, CONSENT)
    store.marks.put(MAILBOX.id, [Mark("sent.mbox", "900")])
    more = Source(MAILBOX.kind, MAILBOX.place, (*MAILBOX.me, "ada@work.example"))
    assert store.sources.add(more, CONSENT) != first
    assert store.sources.all() == (more,)
    assert store.marks.of(MAILBOX.id) == {}


@pytest.mark.parametrize("given", [FOLDER.place, FOLDER.id, FOLDER.id[:5], FOLDER.id[:5].upper()])
def test_a_source_is_found_by_place_or_id(store: Store, given: str) -> None:
    store.sources.add(FOLDER, CONSENT)
    store.sources.add(MAILBOX, CONSENT)
    assert store.sources.find(given) == FOLDER


@pytest.mark.parametrize("given", ["", "/elsewhere", "ffff", FOLDER.id[:2]])
def test_an_unknown_source_gives_a_line_with_a_remedy(store: Store, given: str) -> None:
    store.sources.add(FOLDER, CONSENT)
    with pytest.raises(MicrotuneError, match="there is no source") as caught:
        store.sources.find(given)
    assert "sources list" in caught.value.remedy


def test_withdrawing_takes_its_texts_out_of_use(store: Store) -> None:
    here, there = document("A tunnel of rain."), document("A tunnel of sun.", source=MAILBOX)
    keep(store, here, there)
    assert store.sources.remove(FOLDER.id) == FOLDER
    assert store.sources.all() == (MAILBOX,)
    assert store.sources.consent(FOLDER.id) is None
    assert list(store.documents.live()) == [there]
    assert [p.document for p in store.retrieval.nearest("tunnel")] == [there.id]
    last = list(store.ledger.lines())[-1]
    assert (last.event, last.facts) == ("source removed", {"source": FOLDER.id, "documents": 1})


def test_withdrawing_has_every_other_source_read_anew(store: Store) -> None:
    """Their copies of its texts were skipped as duplicates and must be found now."""
    keep(store)
    store.marks.put(MAILBOX.id, [Mark("sent.mbox", "900")])
    store.sources.remove(FOLDER.place)
    assert store.marks.of(MAILBOX.id) == {}


def test_consenting_again_is_a_new_line(store: Store) -> None:
    first = store.sources.add(FOLDER, CONSENT)
    store.sources.remove(FOLDER.id)
    with pytest.raises(MicrotuneError):
        store.sources.remove(FOLDER.id)
    assert store.sources.add(FOLDER, CONSENT) != first
    assert events(store) == ["source added", "source removed", "source added"]


def test_a_place_whose_name_is_not_unicode_is_refused(store: Store) -> None:
    with pytest.raises(MicrotuneError, match=r"\\udcff is not UTF-8"):
        store.sources.add(Source("folder", "/ada/\udcff"), CONSENT)
    assert store.sources.all() == ()
