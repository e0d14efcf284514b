"""Words have the stems that the index of passages has, and stand where they are said to stand."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microtune import schema
from microtune.store import Store
from microtune.terms import TOKENIZER, Stemmer
from tests.microtune.invented import document, keep

FORMS = """
    promise promised promises promising lease leases leased happy happily happiness pony ponies
    generalisation oscillators running runs ran flies sky skies troubled conflated hoping hopping
    agreed feed rational vietnamization callousness naïve NAÏVE café straße Zoë İstanbul 2001 ½ x
""".split()  # noqa: SIM905
OTHERS = "promis leasing ponys cafes zoe istanbul strasse STRASSE Straße hope runner".split()  # noqa: SIM905


@pytest.fixture
def stemmer() -> Iterator[Stemmer]:
    with Stemmer() as opened:
        yield opened


def test_the_index_is_made_with_the_same_tokenizer() -> None:
    assert any(f"tokenize='{TOKENIZER}'" in statement for statement in schema.PASSAGES)


def test_two_words_have_one_stem_where_the_index_takes_them_for_one(
    store: Store, stemmer: Stemmer
) -> None:
    keep(store, document(" ".join(FORMS)))
    assert all(store.retrieval.nearest(form) for form in FORMS)
    for other in OTHERS:
        same = any(stemmer.stem(other) == stemmer.stem(form) for form in FORMS)
        assert bool(store.retrieval.holding(other)) == bool(store.retrieval.nearest(other)) == same


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    st.lists(st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=9), max_size=5),
    st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=9),
)
def test_a_word_is_found_by_its_stem_alone(
    store: Store, stemmer: Stemmer, words: list[str], asked: str
) -> None:
    keep(store, document(" ".join(words) or "nothing", "one place"))  # the text before it leaves
    held = {term.stem for term in stemmer.terms(" ".join(words) or "nothing")}
    wanted = stemmer.terms(asked)
    if len(wanted) == 1 and len(stemmer.terms(asked)) == len(asked.split()):
        assert (wanted[0].stem in held) == bool(store.retrieval.holding(asked))


@given(st.text())
def test_spans_are_those_of_words(text: str) -> None:
    with Stemmer() as stemmer:
        stemmer.read([text])
        last = 0
        for term in stemmer.terms(text):
            assert last <= term.start < term.end <= len(text)
            last = term.end
            word = text[term.start : term.end]
            assert word.isalnum()
            assert stemmer.stem(word) == term.stem
