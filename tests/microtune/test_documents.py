"""The store's contract for documents: kept once, in a stable order, superseded and revived."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microtune.errors import MicrotuneError
from microtune.moments import from_text, to_text
from microtune.store import Store
from microtune.words import Document
from tests.microtune.invented import CONSENT, FOLDER, MAILBOX, document, keep, letter

DAY = datetime(2020, 5, 17, 9, 30, tzinfo=UTC)


@pytest.fixture
def consent(store: Store) -> str:
    store.sources.add(MAILBOX, CONSENT)
    return store.sources.add(FOLDER, CONSENT)


def test_a_document_comes_back_as_it_was_put(store: Store, consent: str) -> None:
    put = Document(
        "Dear Mary,\n\nthe ferry was late. \U0001f6a2",
        "mail",
        MAILBOX.id,
        "sent.mbox#<1@example.org>",
        author="Ada <ada@example.org>",
        written=DAY.replace(microsecond=7),
        recipients=("mary@example.org", "joe@example.org"),
        subject="The ferry",
        answered="Where were you?",
        labels=("Sent", "travel"),
    )
    assert store.documents.put(put, b"signature", consent) == "new"
    assert store.documents.get(put.id) == put
    assert list(store.documents.live()) == [put]
    assert list(store.documents.signatures()) == [(put.id, b"signature")]


def test_putting_the_same_text_again_changes_nothing(store: Store, consent: str) -> None:
    one = document("The kettle sang.")
    store.documents.put(one, None, consent)
    assert store.documents.put(one, None, consent) == "known"
    assert store.documents.put(document("The kettle sang.", "copy.txt"), None, consent) == "known"
    assert [d.place for d in store.documents.live()] == ["letter.txt"]


def test_an_edited_text_supersedes_the_one_at_its_place(store: Store, consent: str) -> None:
    before, after = document("The violin is flat."), document("The violin is sharp.")
    store.documents.put(before, b"b", consent)
    assert store.documents.put(after, b"a", consent) == "updated"
    assert list(store.documents.live()) == [after]
    assert store.documents.get(before.id) == before
    assert [p.document for p in store.retrieval.nearest("flat violin")] == [after.id]
    assert [i for i, _ in store.documents.signatures()] == [after.id]
    assert store.problems() == []  # the index has forgotten it too
    provenance = store.documents.provenance(before.id)
    assert provenance
    assert provenance.superseded_at


def test_a_superseded_text_that_reappears_is_live_again(store: Store, consent: str) -> None:
    first, second = document("A quiet orchard."), document("A loud orchard.")
    for one in (first, second):
        store.documents.put(one, None, consent)
    assert store.documents.put(first, None, consent) == "updated"
    assert list(store.documents.live()) == [first]
    assert [p.document for p in store.retrieval.nearest("orchard")] == [first.id]


def test_a_superseded_text_can_reappear_elsewhere(store: Store, consent: str) -> None:
    for text in ("A quiet orchard.", "A loud orchard."):
        store.documents.put(document(text), None, consent)
    moved = document("A quiet orchard.", "moved.txt")
    assert store.documents.put(moved, None, consent) == "new"
    assert {d.place for d in store.documents.live()} == {"letter.txt", "moved.txt"}
    assert store.documents.at(FOLDER.id, "moved.txt") == moved.id


def test_undated_texts_come_first_in_order_of_arrival_then_dated_by_time(store: Store) -> None:
    dated = {n: DAY + timedelta(days=n) for n in (3, 1, 2)}
    keep(store, document("undated one", "u1"))
    keep(store, *(document(f"day {n}", f"d{n}", written=at) for n, at in dated.items()))
    keep(store, document("undated two", "u2"))
    order = [d.place for d in store.documents.live()]
    assert order == ["u1", "u2", "d1", "d2", "d3"]


def test_time_order_does_not_depend_on_the_zone(store: Store) -> None:
    east, west = timezone(timedelta(hours=9)), timezone(timedelta(hours=-8))
    later = document("later", "later", written=datetime(2020, 1, 1, 0, 30, tzinfo=west))
    sooner = document("sooner", "sooner", written=datetime(2020, 1, 1, 9, 0, tzinfo=east))
    keep(store, later, sooner)
    assert [d.place for d in store.documents.live()] == ["sooner", "later"]


@given(
    st.datetimes(timezones=st.timezones()),
    st.datetimes(timezones=st.timezones()),
)
def test_moments_sort_as_text_and_come_back(one: datetime, other: datetime) -> None:
    a, b = to_text(one), to_text(other)
    if a is None or b is None:  # UTC cannot express the first and the last hours of the calendar
        assert {1, 9999} & {one.year, other.year}
    else:
        assert (a < b) == (one.astimezone(UTC) < other.astimezone(UTC))
        assert from_text(a) == one.astimezone(UTC)


def test_counts(store: Store, consent: str) -> None:
    assert store.documents.count() == 0
    assert store.documents.words() == 0
    store.documents.put(document("one two three", "a"), None, consent)
    store.documents.put(Document("four five", "mail", MAILBOX.id, "b"), None, consent)
    assert store.documents.count() == 2
    assert store.documents.count_by_kind() == {"mail": 1, "text": 1}
    assert store.documents.words() == 5


def test_a_document_is_found_by_the_beginning_of_its_id(store: Store) -> None:
    one = document(letter(1))
    keep(store, one)
    assert store.documents.get(one.id[:8]) == one
    assert store.documents.get(one.id[:8].upper()) == one


@pytest.mark.parametrize("given_id", ["", "%", "_", "ffffffff", "no such", "é" * 9])
def test_an_id_that_is_not_there_gives_a_line_with_a_remedy(store: Store, given_id: str) -> None:
    keep(store, document(letter(1)))
    with pytest.raises(MicrotuneError, match="there is no document") as caught:
        store.documents.get(given_id)
    assert "id" in caught.value.remedy


def test_an_ambiguous_beginning_is_refused(store: Store) -> None:
    many = [document(f"text {n}", f"p{n}") for n in range(2000)]
    beginnings = [d.id[:4] for d in many]
    twice = next(b for b in beginnings if beginnings.count(b) > 1)
    keep(store, *(d for d in many if d.id.startswith(twice)))
    with pytest.raises(MicrotuneError, match="more than one document"):
        store.documents.get(twice)


def test_provenance_names_the_ledger_line_of_the_consent(store: Store, consent: str) -> None:
    one = document(letter(2))
    before = datetime.now(UTC)
    store.documents.put(one, None, consent)
    provenance = store.documents.provenance(one.id)
    assert provenance
    assert before <= provenance.collected_at <= datetime.now(UTC)
    line = next(line for line in store.ledger.lines() if line.hash == provenance.consent)
    assert (line.event, line.facts["source"]) == ("source added", FOLDER.id)
    assert store.documents.provenance("0" * 64) is None
