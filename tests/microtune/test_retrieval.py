"""Retrieval: the nearest passages, whatever is asked, and never an excluded document."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microtune.retrieval import MOST_WORDS, match_expression
from microtune.store import Store
from tests.microtune.invented import document, keep, letter

TEXTS = {
    "ferry": "We missed the ferry and waited at the harbour until the evening.",
    "violin": "My violin needs a new string; the old string broke on Sunday.",
    "café": "The café at the harbour serves soup. I went there with the naïve cellist.",
}


@pytest.fixture
def shelf(store: Store) -> dict[str, str]:
    """name → document id"""
    documents = {name: document(text, name) for name, text in TEXTS.items()}
    keep(store, *documents.values())
    return {name: one.id for name, one in documents.items()}


def names(store: Store, shelf: dict[str, str], query: str, **more: object) -> list[str]:
    by_id = {identity: name for name, identity in shelf.items()}
    return [by_id[p.document] for p in store.retrieval.nearest(query, **more)]  # type: ignore[arg-type]


def test_the_nearest_comes_first_with_the_higher_score(store: Store, shelf: dict[str, str]) -> None:
    passages = store.retrieval.nearest("Was the ferry at the harbour?")
    assert [p.document for p in passages] == [shelf["ferry"], shelf["café"]]
    assert passages[0].score > passages[1].score > 0
    assert passages[0].text == TEXTS["ferry"]
    assert store.retrieval.passage(shelf["ferry"], passages[0].position)


def test_words_match_by_stem_without_accents_or_case(store: Store, shelf: dict[str, str]) -> None:
    assert names(store, shelf, "STRINGS breaking") == ["violin"]
    assert names(store, shelf, "cafe naive") == ["café"]
    keep(store, document("Die Straße ist gesperrt, der Fluß steigt.", "german"))
    assert len(store.retrieval.nearest("STRAẞE")) == len(store.retrieval.nearest("Fluß")) == 1


def test_excluded_documents_never_come(store: Store, shelf: dict[str, str]) -> None:
    assert names(store, shelf, "harbour", exclude=[shelf["ferry"]]) == ["café"]
    assert names(store, shelf, "harbour", only={shelf["ferry"], shelf["violin"]}) == ["ferry"]
    assert names(store, shelf, "harbour", only=()) == []
    assert names(store, shelf, "harbour", limit=0) == []


def test_a_limit_counts_what_is_left_after_exclusion(store: Store) -> None:
    documents = [document(f"{letter(n)} harbour", f"p{n}") for n in range(60)]
    keep(store, *documents)
    kept = {d.id for d in documents[50:]}
    found = store.retrieval.nearest("harbour", 20, exclude={d.id for d in documents} - kept)
    assert {p.document for p in found} == kept
    assert {p.document for p in store.retrieval.nearest("harbour", 20, only=kept)} == kept


def test_thousands_may_be_excluded(store: Store, shelf: dict[str, str]) -> None:
    absent = {f"{n:064x}" for n in range(20_000)}
    assert names(store, shelf, "harbour", exclude=absent) == names(store, shelf, "harbour")
    assert names(store, shelf, "violin", only=absent | {shelf["violin"]}) == ["violin"]


def test_one_document_gives_one_passage(store: Store) -> None:
    long = document("\n\n".join(f"{letter(n)} The harbour again." for n in range(9)), "long")
    other = document("A harbour, once.", "other")
    keep(store, long, other)
    found = store.retrieval.nearest("harbour", limit=5)
    assert sorted(p.document for p in found) == sorted([long.id, other.id])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text()
    | st.lists(
        st.sampled_from(
            ['"', "'", "*", "(", ")", "OR", "NOT", "NEAR(", "text:", "^", "+", "-", "{", "harbour"]
        )
    ).map(" ".join)
)
def test_no_query_is_read_as_syntax(store: Store, shelf: dict[str, str], query: str) -> None:
    passages = store.retrieval.nearest(query)
    assert all(p.score > 0 for p in passages)
    if "harbour" in query.split():
        assert passages


@pytest.mark.parametrize("query", ["", " ", "?!", "½", "\0", "\ud800", "“”"])
def test_a_query_without_words_finds_nothing(
    store: Store, shelf: dict[str, str], query: str
) -> None:
    assert store.retrieval.nearest(query) == []


def test_stop_words_count_only_where_there_is_nothing_else() -> None:
    assert match_expression("The ferry and the Ferry") == '"ferry"'
    assert match_expression("the and") == '"the" OR "and"'
    assert match_expression("?") == ""


def test_a_very_long_query_is_cut(store: Store, shelf: dict[str, str]) -> None:
    query = "harbour " + " ".join(f"word{n}" for n in range(5000))
    assert match_expression(query).count(" OR ") == MOST_WORDS - 1
    assert "ferry" in names(store, shelf, query)
