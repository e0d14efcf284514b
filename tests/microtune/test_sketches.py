"""What may be similar to a text is found among thousands of documents, and among none that left."""

import numpy as np
import pytest

from microtune.connection import Connection
from microtune.curation.duplicates import THRESHOLD, scan, signature
from microtune.sketches import BITS, BLOCK
from microtune.store import Store
from microtune.words import INTEREST, Document
from tests.microtune.invented import CONSENT, FOLDER, document, letter

COUNT = 2 * BLOCK + 40


def nearly(number: int) -> str:
    return f"{letter(number)} So it was."


@pytest.fixture
def consent(store: Store) -> str:
    return store.sources.add(FOLDER, CONSENT)


@pytest.fixture
def ids(store: Store, consent: str) -> list[str]:
    """Documents by number, the even ones with the signature of their text."""
    put = [document(letter(number), f"letter-{number}.txt") for number in range(COUNT)]
    with store.transaction():
        for number, one in enumerate(put):
            made = signature(one.text) if number % 2 == 0 else chance(number)
            store.documents.put(one, made, consent)
    return [one.id for one in put]


def chance(number: int) -> bytes:
    values = np.random.default_rng(number).integers(1 << 32, size=96, dtype=np.uint64)
    return values.astype("<u4").tobytes()


def near(store: Store, text: str) -> str | None:
    sought = signature(text)
    found = scan(sought, store.documents.candidates(sought, THRESHOLD))
    assert found == scan(sought, store.documents.signatures())
    return found


def blocks(store: Store) -> list[int]:
    connection: Connection = store._connection
    return [row["block"] for row in connection.rows("SELECT block FROM sketches ORDER BY block")]


def test_what_is_similar_is_found_wherever_it_lies(store: Store, ids: list[str]) -> None:
    for number in (0, 2, BLOCK - 2, BLOCK, 2 * BLOCK - 2, 2 * BLOCK, COUNT - 2):
        assert near(store, nearly(number)) == ids[number]
    assert near(store, letter(COUNT + 1)) is None
    assert blocks(store) == [0, 1]


def test_few_signatures_are_read_for_a_search(store: Store, ids: list[str]) -> None:
    sought = signature(nearly(0))
    assert len(list(store.documents.candidates(sought, THRESHOLD))) < BLOCK


def test_what_left_is_no_candidate_and_what_came_back_is(
    store: Store, ids: list[str], consent: str
) -> None:
    assert near(store, nearly(4)) == ids[4]
    store.documents.put(document("Another letter.", "letter-4.txt"), None, consent)
    assert near(store, nearly(4)) is None
    store.documents.put(document(letter(4), "letter-4.txt"), signature(letter(4)), consent)
    assert near(store, nearly(4)) == ids[4]


def test_no_sketch_of_a_deleted_document_stays(store: Store, ids: list[str]) -> None:
    store.documents.pack()
    connection: Connection = store._connection
    (row,) = connection.rows("SELECT sketches FROM sketches WHERE block = 0")
    sketch = np.frombuffer(signature(letter(4)), "<u4").astype("<u2").tobytes()
    assert sketch in row["sketches"]
    with store.transaction():
        connection.execute("DELETE FROM documents WHERE id = ?", (ids[4],))
    assert blocks(store) == [1]
    store.documents.pack()
    (row,) = connection.rows("SELECT sketches FROM sketches WHERE block = 0")
    assert sketch not in row["sketches"]
    assert near(store, nearly(4)) is None
    assert near(store, nearly(6)) == ids[6]


def test_a_title_that_turns_out_to_be_an_own_text_is_found(store: Store, consent: str) -> None:
    """It arrived long before it got a signature."""
    text = letter(COUNT + 5)
    store.documents.put(Document(text, INTEREST, FOLDER.id, "history"), None, consent)
    with store.transaction():
        for number in range(BLOCK):
            one = document(letter(number), f"letter-{number}.txt")
            store.documents.put(one, chance(number), consent)
    store.documents.pack()
    own = document(text, "own.txt")
    store.documents.put(own, signature(text), consent)
    assert near(store, nearly(COUNT + 5)) == own.id


def test_a_block_of_interests_alone_is_packed_once(store: Store, consent: str) -> None:
    with store.transaction():
        for number in range(BLOCK):
            title = Document(letter(number), INTEREST, FOLDER.id, f"page-{number}")
            store.documents.put(title, None, consent)
    store.documents.pack()
    assert blocks(store) == [0]
    assert near(store, letter(3)) is None


def test_the_triggers_know_the_size_of_a_block(store: Store) -> None:
    """It stands in the schema as a figure, which never changes once it is released."""
    rows = store._connection.rows("SELECT sql FROM sqlite_master WHERE name LIKE 'sketches_%'")
    statements = [row["sql"] for row in rows]
    assert len(statements) == 2
    assert all(f">> {BITS}" in sql for sql in statements)


def test_all_texts_are_read_in_order_without_sorting_them(store: Store) -> None:
    """A sort would hold the whole archive in memory."""
    seen: list[str] = []
    store._connection._sqlite.set_trace_callback(seen.append)
    list(store.documents.live())
    store._connection._sqlite.set_trace_callback(None)
    (sql,) = seen
    plan = [row["detail"] for row in store._connection.rows(f"EXPLAIN QUERY PLAN {sql}")]
    assert plan == ["SCAN documents USING INDEX documents_in_order"]
