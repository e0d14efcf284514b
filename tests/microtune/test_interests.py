"""What the person read is kept and searched apart, and counts as none of their own texts."""

from dataclasses import replace

from microtune.curation.curator import Curator
from microtune.sifting import Kept, Sifter
from microtune.store import Store
from microtune.words import INTEREST, Document, Found, Skip
from tests.microtune.invented import FOLDER, document, keep, letter

TITLE = "How to mend the string of an old violin in eight steps"


def page(title: str = TITLE, place: str = "example.org/1") -> Document:
    return Document(title, INTEREST, FOLDER.id, place, subject="example.org")


def test_an_interest_is_no_own_text(store: Store) -> None:
    own = document(letter(1))
    keep(store, own, page())
    assert list(store.documents.live()) == [own]
    assert (store.documents.count(), store.documents.words()) == (1, own.words)
    assert store.documents.count_by_kind() == {INTEREST: 1, "text": 1}


def test_own_passages_and_interests_are_searched_apart(store: Store) -> None:
    own = document("My violin needs a new string; the old string broke on Sunday.")
    keep(store, own, page())
    assert [p.document for p in store.retrieval.nearest("violin string")] == [own.id]
    assert [p.document for p in store.retrieval.interests("violin string")] == [page().id]


def test_a_removed_source_takes_its_interests_with_it(store: Store) -> None:
    keep(store, page())
    store.sources.remove(FOLDER.id)
    assert store.retrieval.interests("violin") == []
    assert store.documents.count_by_kind() == {}


def test_an_interest_stands_in_no_own_texts_way(store: Store) -> None:
    own = replace(page(), kind="post", place="mine")
    keep(store, page(), own)
    assert [d.place for d in store.documents.live()] == ["mine"]
    assert [p.document for p in store.retrieval.nearest("violin")] == [own.id]
    keep(store, page())  # and the other way round the own text stays
    assert [d.kind for d in store.documents.live()] == ["post"]
    assert store.problems() == []


def test_sifting_lets_both_through_in_one_pass(store: Store) -> None:
    sifter = Sifter(store.documents, Curator())
    title = sifter.sift(FOLDER.id, Found("example.org/1", TITLE, INTEREST))
    post = sifter.sift(FOLDER.id, Found("mine", TITLE, "post"))
    assert isinstance(title, Kept)
    assert isinstance(post, Kept)
    assert title.signature is None
    assert post.signature is not None


def test_titles_without_words_are_no_interests(store: Store) -> None:
    sifter = Sifter(store.documents, Curator())
    for title in ("Home", "404 - 12.03.2020 / 77"):
        assert isinstance(sifter.sift(FOLDER.id, Found(title, title, INTEREST)), Skip)


def test_what_a_chat_answered_is_kept_beside_it(store: Store) -> None:
    said = "I would rather come on Sunday, if that is all right with you."
    asked = "Will you come on Saturday? The key is hunter2, password: hunter2\r\n"
    own = Curator().admit(Found("chat", said, "chat", answered=asked))
    assert not isinstance(own, Skip)
    assert own.text == said
    assert own.answered.startswith("Will you come on Saturday?")
    assert "\r" not in own.answered
    assert "password: hunter2" not in own.answered
